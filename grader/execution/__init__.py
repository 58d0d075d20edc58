"""How a worker is started, called, stopped and copied from: the trusted side of the wall."""
