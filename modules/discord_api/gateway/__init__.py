"""The gateway connection: connect, resume, identify, without ever hammering."""
