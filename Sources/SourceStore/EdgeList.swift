/// The answers that a trace rests on, as they stand in its row: ids in the order in which they were asked, each in groups of seven
/// bits, high ones first, with bit 8 set in all bytes but a number's last. `docs/schema.md` shows how SQL reads it.
enum EdgeList {
  static func encoded(_ answers: [AnswerID]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(3 * answers.count)
    for answer in answers {
      let number = UInt64(bitPattern: answer.number)
      var shift = number == 0 ? 0 : (63 - number.leadingZeroBitCount) / 7 * 7
      while shift > 0 {
        bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)) | 0x80)
        shift -= 7
      }
      bytes.append(UInt8(truncatingIfNeeded: number) & 0x7f)
    }
    return bytes
  }

  /// Decodes a list; a number that does not end is left out, as the row's seal tells.
  static func answers(_ bytes: UnsafeRawBufferPointer) -> [AnswerID] {
    var answers: [AnswerID] = []
    answers.reserveCapacity(bytes.reduce(0) { $0 + Int(~$1 >> 7) })
    var number: UInt64 = 0
    for byte in bytes {
      number = number << 7 | UInt64(byte & 0x7f)
      if byte & 0x80 == 0 {
        answers.append(AnswerID(Int64(bitPattern: number)))
        number = 0
      }
    }
    return answers
  }
}
