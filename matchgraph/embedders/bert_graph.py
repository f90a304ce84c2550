"""Writes a BERT sentence encoder as an int8 ONNX graph, straight from its weights.

The graph is written operator by operator instead of being traced: that takes seconds, needs no torch,
and the same weights always give the same bytes. One text goes in at a time, without padding, so a
text's vector does not depend on its neighbours in a batch. Mean pooling and normalisation are inside.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Array = NDArray[np.float32]

OPSET = 20
# Seven bits: on processors without VNNI the sum of two products of eight-bit values leaves sixteen
# bits and saturates, so eight-bit weights would give other vectors on other machines.
WEIGHT_LEVELS = 63


@dataclass(frozen=True)
class BertShape:
    """The sizes of the encoder, from its ``config.json``."""

    layers: int
    heads: int
    hidden: int
    epsilon: float


class GraphWriter:
    """Collects nodes and constants; every method returns the name of its result."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, value: NDArray[np.generic]) -> str:
        """Add a constant."""
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def add(self, operator: str, *inputs: str, outputs: int = 1, **attributes: Any) -> str:
        """Add an operator; with several outputs they are named ``<result>.0`` and so on."""
        name = f"n{len(self.nodes)}"
        names = [name] if outputs == 1 else [f"{name}.{index}" for index in range(outputs)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, name=name, **attributes))
        return name

    def linear(self, x: str, weight: Array, bias: Array) -> str:
        """Multiply by quantised weights of shape (inputs, outputs), one scale per output, add the bias."""
        scale = np.maximum(np.abs(weight).max(axis=0), 1e-12) / WEIGHT_LEVELS
        quantised = self.constant(np.rint(weight / scale).astype(np.int8))
        activation = self.add("DynamicQuantizeLinear", x, outputs=3)
        product = self.add("MatMulInteger", f"{activation}.0", quantised, f"{activation}.2")
        scales = self.add("Mul", f"{activation}.1", self.constant(scale.astype(np.float32)))
        real = self.add("Mul", self.add("Cast", product, to=TensorProto.FLOAT), scales)
        return self.add("Add", real, self.constant(bias))

    def normalised(self, x: str, scale: Array, bias: Array, *, epsilon: float) -> str:
        """Apply layer normalisation over the last axis."""
        return self.add(
            "LayerNormalization", x, self.constant(scale), self.constant(bias), axis=-1, epsilon=epsilon
        )


def write_encoder(weights: Mapping[str, Array], shape: BertShape) -> bytes:
    """Return the serialised graph: ``input_ids`` int64 (tokens,) to ``sentence`` float32 (hidden,)."""
    graph = GraphWriter()
    x = _embeddings(graph, weights, shape)
    for layer in range(shape.layers):
        x = _layer(graph, {key: weights[f"encoder.layer.{layer}.{key}"] for key in LAYER_KEYS}, x, shape)
    mean = graph.add("ReduceMean", x, graph.constant(np.array([0])), keepdims=0)
    length = graph.add("ReduceL2", mean, keepdims=1)
    graph.nodes.append(helper.make_node("Div", [mean, length], ["sentence"], name="sentence"))
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "sentence_encoder",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["tokens"])],
            [helper.make_tensor_value_info("sentence", TensorProto.FLOAT, [shape.hidden])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=10,
    )
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString(deterministic=True)
    return content


LAYER_KEYS = [
    f"{part}.{kind}"
    for part in (
        "attention.self.query",
        "attention.self.key",
        "attention.self.value",
        "attention.output.dense",
        "attention.output.LayerNorm",
        "intermediate.dense",
        "output.dense",
        "output.LayerNorm",
    )
    for kind in ("weight", "bias")
]


def _embeddings(graph: GraphWriter, weights: Mapping[str, Array], shape: BertShape) -> str:
    """Look up int8 word vectors (one scale per word) and add positions; all tokens are of the first type."""
    words = weights["embeddings.word_embeddings.weight"]
    scale = np.maximum(np.abs(words).max(axis=1, keepdims=True), 1e-12) / 127
    table = graph.constant(np.rint(words / scale).astype(np.int8))
    rows = graph.add("Cast", graph.add("Gather", table, "input_ids"), to=TensorProto.FLOAT)
    scales = graph.add("Gather", graph.constant(scale.astype(np.float32)), "input_ids")
    places = (
        weights["embeddings.position_embeddings.weight"]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    length = graph.add("Shape", "input_ids")
    zero, axis = graph.constant(np.array([0])), graph.constant(np.array([0]))
    used = graph.add("Slice", graph.constant(places), zero, length, axis)
    total = graph.add("Add", graph.add("Mul", rows, scales), used)
    return graph.normalised(
        total,
        weights["embeddings.LayerNorm.weight"],
        weights["embeddings.LayerNorm.bias"],
        epsilon=shape.epsilon,
    )


def _layer(graph: GraphWriter, layer: Mapping[str, Array], x: str, shape: BertShape) -> str:
    attended = graph.linear(
        _attention(graph, layer, x, shape),
        layer["attention.output.dense.weight"].T,
        layer["attention.output.dense.bias"],
    )
    x = graph.normalised(
        graph.add("Add", x, attended),
        layer["attention.output.LayerNorm.weight"],
        layer["attention.output.LayerNorm.bias"],
        epsilon=shape.epsilon,
    )
    wide = graph.add(
        "Gelu", graph.linear(x, layer["intermediate.dense.weight"].T, layer["intermediate.dense.bias"])
    )
    narrow = graph.linear(wide, layer["output.dense.weight"].T, layer["output.dense.bias"])
    return graph.normalised(
        graph.add("Add", x, narrow),
        layer["output.LayerNorm.weight"],
        layer["output.LayerNorm.bias"],
        epsilon=shape.epsilon,
    )


def _attention(graph: GraphWriter, layer: Mapping[str, Array], x: str, shape: BertShape) -> str:
    """Queries, keys and values in one product, then scaled dot-product attention over all heads."""
    parts = ("query", "key", "value")
    weight = np.concatenate([layer[f"attention.self.{part}.weight"].T for part in parts], axis=1)
    bias = np.concatenate([layer[f"attention.self.{part}.bias"] for part in parts])
    size = shape.hidden // shape.heads
    heads = graph.constant(np.array([0, 3, shape.heads, size]))
    split = graph.add("Reshape", graph.linear(x, weight, bias), heads)
    q, k, v = (
        graph.add("Gather", split, graph.constant(np.array(index)), axis=1) for index in range(len(parts))
    )
    scores = graph.add(
        "MatMul", graph.add("Transpose", q, perm=[1, 0, 2]), graph.add("Transpose", k, perm=[1, 2, 0])
    )
    scaled = graph.add("Mul", scores, graph.constant(np.array(size**-0.5, dtype=np.float32)))
    mixed = graph.add(
        "MatMul", graph.add("Softmax", scaled, axis=-1), graph.add("Transpose", v, perm=[1, 0, 2])
    )
    flat = graph.constant(np.array([0, shape.hidden]))
    return graph.add("Reshape", graph.add("Transpose", mixed, perm=[1, 0, 2]), flat)
