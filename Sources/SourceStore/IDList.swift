/// Ids as they stand in one column of a row: the answers that a trace rests on, the traces that a tick closed. Each is in groups of
/// seven bits, high ones first, with bit 8 set in all bytes but a number's last. `docs/schema.md` shows how SQL reads it.
enum IDList {
  static func encoded<Row>(_ ids: [RowID<Row>]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(3 * ids.count)
    for id in ids {
      let number = UInt64(bitPattern: id.number)
      var shift = number == 0 ? 0 : (63 - number.leadingZeroBitCount) / 7 * 7
      while shift > 0 {
        bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)) | 0x80)
        shift -= 7
      }
      bytes.append(UInt8(truncatingIfNeeded: number) & 0x7f)
    }
    return bytes
  }

  /// Decodes a list; a number that does not end is left out, as a trace's seal tells.
  static func ids<Row>(_ bytes: UnsafeRawBufferPointer) -> [RowID<Row>] {
    var ids: [RowID<Row>] = []
    ids.reserveCapacity(bytes.reduce(0) { $0 + Int(~$1 >> 7) })
    var number: UInt64 = 0
    for byte in bytes {
      number = number << 7 | UInt64(byte & 0x7f)
      if byte & 0x80 == 0 {
        ids.append(RowID(Int64(bitPattern: number)))
        number = 0
      }
    }
    return ids
  }
}
