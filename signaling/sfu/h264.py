"""Key frames in H264 payloads (RFC 6184 5.2): decoding starts at a parameter set or an IDR slice."""

NAL_TYPE = 0x1F
IDR = 5
PARAMETER_SET = 7
STAP_A = 24
FU_A = 28
FU_START = 0x80


def starts_key_frame(packet: bytes, offset: int) -> bool:
    """Whether decoding can start at this packet."""
    if offset >= len(packet):
        return False
    kind = packet[offset] & NAL_TYPE
    if kind == STAP_A:
        return offset + 3 < len(packet) and packet[offset + 3] & NAL_TYPE in {IDR, PARAMETER_SET}
    if kind == FU_A:
        head = packet[offset + 1] if offset + 1 < len(packet) else 0
        return bool(head & FU_START) and head & NAL_TYPE in {IDR, PARAMETER_SET}
    return kind in {IDR, PARAMETER_SET}
