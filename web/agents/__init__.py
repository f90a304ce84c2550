"""The site for agents: the Model Context Protocol over streamable HTTP."""
