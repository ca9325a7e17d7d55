"""How the C library keeps memory that was freed."""

import ctypes

M_ARENA_MAX = -8  # <malloc.h>
ARENAS = 2


def share_arenas() -> None:
    """Let all threads allocate from a few arenas. By default glibc gives each thread its own, of
    which what is freed seldom goes back: a server's memory would grow for hours. Elsewhere nothing
    happens."""
    here = ctypes.CDLL(None)
    if hasattr(here, "mallopt"):
        here.mallopt(M_ARENA_MAX, ARENAS)
