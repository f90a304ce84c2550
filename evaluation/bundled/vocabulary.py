"""Every word that captions of procedural scenes may use, and the words that are painted into them."""

from __future__ import annotations

from typing import Final

Colour = tuple[int, int, int]

COLOURS: Final[dict[str, Colour]] = {
    "red": (220, 38, 38),
    "orange": (249, 132, 20),
    "yellow": (250, 214, 30),
    "green": (22, 145, 62),
    "blue": (33, 84, 220),
    "purple": (130, 40, 180),
    "pink": (245, 135, 190),
    "brown": (122, 72, 34),
    "gray": (130, 134, 140),
    "black": (18, 18, 20),
    "white": (255, 255, 255),
}
SKIN_TONES: Final[tuple[Colour, ...]] = (
    (236, 188, 150),
    (214, 160, 118),
    (160, 106, 70),
    (104, 66, 44),
)
INKS: Final[tuple[str, ...]] = tuple(name for name in COLOURS if name != "white")
BACKGROUNDS: Final[tuple[str, ...]] = (
    "yellow",
    "blue",
    "green",
    "black",
    "gray",
    "pink",
)
DARK: Final[frozenset[str]] = frozenset({"blue", "green", "black", "purple", "brown", "red"})

SHAPES: Final[tuple[str, ...]] = (
    "circle",
    "square",
    "triangle",
    "star",
    "heart",
    "diamond",
)
SIZES: Final[tuple[str, ...]] = ("small", "large")
PREDICATES: Final[tuple[str, ...]] = ("left of", "right of", "above", "below")
POSES: Final[tuple[str, ...]] = ("arms up", "arms down")
NUMBERS: Final[tuple[str, ...]] = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
)  # fmt: skip

WORDS: Final[tuple[str, ...]] = tuple(
    """
    GO UP ON NO OK HI IN IT AT BE DO ME MY WE US SO TO OX
    CAT DOG SUN SKY RED BOX CUP HAT KEY MAP NET OWL PEN BUS CAR TEA ICE JAM FOX BEE ANT EGG FAN GUM HEN INK JET
    KIT LOG MUD NUT OIL PIG RUG SEA TOY VAN WAX YES ZIP BIG NEW OLD HOT BAR BED BAG ART AIR ARM EYE EAR ZOO GYM
    OPEN STOP SALE LOVE MOON STAR TREE FISH BIRD CAKE MILK BOOK SHOP TAXI EXIT FREE HOME PLAY GAME TIME WIND RAIN
    SNOW FIRE GOLD BLUE LION BEAR WOLF FROG DUCK KIWI PEAR PLUM CORN RICE SOUP BREW JAZZ ROCK MENU CAFE PARK BANK
    SHIP BOAT ROAD LAKE HILL CITY TOWN FARM BARN DOOR WALL LAMP SOFA DESK RING KING QUIZ WAVE SWIM JUMP KICK HELP
    WATER BREAD APPLE GRAPE LEMON MANGO PEACH MUSIC DANCE LIGHT NIGHT HOUSE TRAIN PLANE TIGER ZEBRA HORSE SHEEP
    ROBOT SMILE HAPPY LUCKY MAGIC WORLD EARTH OCEAN RIVER BEACH STORM CLOUD GREEN WHITE BLACK BROWN SUGAR HONEY
    PIZZA SALAD TOAST JUICE HELLO TODAY PARTY QUEEN CROWN SWORD KNIFE SPOON PLATE CHAIR TABLE CLOCK PHONE
    RADIO MOVIE PAPER BRUSH PAINT FRAME VIDEO PIXEL MODEL CLASS FRESH QUICK SHARP SWEET BRAVE CLEAN QUIET TRUTH
    """.split()  # noqa: SIM905 -- a list literal of this would be four times as long
)

SIGN_WORDS: Final[tuple[str, ...]] = (
    "UP", "NO", "OK", "GO", "CAT", "DOG", "SUN", "MAP", "TEA", "BUS", "CUP", "KEY",
    "FOX", "ICE", "VAN", "YES", "STOP", "SALE", "MOON", "TREE", "OPEN", "STAR", "CAKE", "LOVE",
)  # fmt: skip
"""Words that the bundled pipelines learn to paint whole; they only see any other word letter by letter."""

_GRAMMAR: Final = """
    a an the of with and in on each picture word words letters sign background hand hands finger fingers
    person people arm arms leg legs up down left right above below is to
"""
CAPTION_WORDS: Final[tuple[str, ...]] = tuple(
    dict.fromkeys(
        _GRAMMAR.split()
        + list(NUMBERS)
        + list(COLOURS)
        + list(SIZES)
        + [form for shape in SHAPES for form in (shape, shape + "s")]
    )
)
