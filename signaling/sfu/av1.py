"""Key frames in AV1 payloads (RTP Payload Format For AV1, section 4.4), without the dependency descriptor."""

CONTINUES = 0x80
NEW_SEQUENCE = 0x08


def starts_key_frame(packet: bytes | bytearray, offset: int) -> bool:
    """Whether decoding can start at this packet: the first one of a coded video sequence.

    A higher spatial layer of a key frame comes in a later packet, so it is never taken for the start.
    """
    if offset + 1 >= len(packet):
        return False
    return packet[offset] & (CONTINUES | NEW_SEQUENCE) == NEW_SEQUENCE
