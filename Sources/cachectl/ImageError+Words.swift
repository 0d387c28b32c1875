import SystemImage

extension ImageError {
  /// What went wrong, for people.
  var words: String {
    let place = section.map { " in section \($0.rawValue), at byte \(offset)" } ?? ""
    return switch problem {
    case .missing: "there is no image at \(path)"
    case .permissionDenied: "\(path) cannot be opened. Its owner can change the permissions."
    case .diskFull: "the disk is full: \(path)"
    case .inputOutput(let code): "cannot read or write \(path): \(SystemText.message(of: code))"
    case .notAnImage: "\(path) is no image"
    case .otherByteOrder: "\(path) was written by a machine of the other byte order"
    case .newerFormat(let found, let supported):
      "\(path) has format \(found); this program knows \(supported) at most. Use a newer cachectl."
    case .unsigned: "\(path) is not signed"
    case .untrusted(let key): "\(path) is signed with a key that is not trusted: \(key)"
    case .wrongSignature(let key): "the signature of \(path) is not one of its content with the key \(key)"
    case .cancelled: "cancelled; \(path) was not written"
    case .wrongSize, .contradiction, .outOfBounds, .wrongChecksum, .wrongDigest, .notDecompressible, .undecodable:
      "\(path) is damaged\(place). An image can always be deleted and built again."
    }
  }
}
