"""The gateway connection: kept, resumed, and begun anew no more often than Discord bears."""
