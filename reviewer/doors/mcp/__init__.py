"""The MCP server: the same pipeline as tools for agents that use the Model Context Protocol."""
