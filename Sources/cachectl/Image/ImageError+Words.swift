import SystemImage

extension ImageError {
  /// What went wrong, where, and what to do.
  var words: String {
    switch problem {
    case .missing: "there is no image at \(path), or no directory for one. 'cachectl image build' makes images."
    case .permissionDenied: "\(path) cannot be read or written by this user. Its owner can change the permissions."
    case .diskFull: "the disk is full: \(path). Free some space; no image was written."
    case .inputOutput(let code): "cannot read or write \(path): \(SystemText.message(of: code)). Check the disk."
    case .notAnImage: "\(path) is no system image. 'cachectl image build' makes images."
    case .otherByteOrder:
      "\(path) was built on a machine of the other byte order. Build it on a machine like this one."
    case .newerFormat(let found, let supported):
      "\(path) has format \(found); this program knows \(supported) at most. Use a newer cachectl."
    case .unsigned: "\(path) is not signed, and only signed images are trusted here. Sign it, or leave --trust out."
    case .untrusted(let key):
      "\(path) is signed with a key that is not trusted here: \(key). If it is to be trusted, name it with --trust."
    case .wrongSignature(let key):
      "\(path) was changed after it was signed with \(key), or that key never signed it. Fetch it again from its origin."
    case .cancelled: "stopped; \(path) is as it was."
    case .wrongSize, .contradiction, .outOfBounds, .wrongChecksum, .wrongDigest, .notDecompressible, .undecodable:
      "\(path) is damaged: \(place): \(finding). Fetch or build it again; 'cachectl image verify' says more."
    }
  }

  /// Where in the file.
  var place: String { (section.map { "section \($0.rawValue), " } ?? "") + "byte \(offset)" }

  /// What is wrong there.
  var finding: String {
    switch problem {
    case .missing: "there is no file"
    case .permissionDenied: "the file cannot be read"
    case .diskFull: "the disk is full"
    case .inputOutput(let code): SystemText.message(of: code)
    case .notAnImage: "this is no system image"
    case .otherByteOrder: "written in the other byte order"
    case .newerFormat(let found, let supported): "format \(found), and \(supported) is known at most"
    case .wrongSize(let found, let expected): "\(found) bytes in place of \(expected)"
    case .contradiction(let found, let expected): "\(found) in place of \(expected)"
    case .outOfBounds(let found, let limit): "\(found), where \(limit) is the limit"
    case .wrongChecksum: "the bytes do not have their checksum"
    case .wrongDigest(let found, let expected): "the digest is \(found.abbreviated) in place of \(expected.abbreviated)"
    case .notDecompressible(let expected): "these bytes cannot be decompressed to \(expected)"
    case .undecodable(let failure): "these bytes cannot be decoded (\(failure.problem) at byte \(failure.offset))"
    case .unsigned: "there is no signature"
    case .untrusted(let key): "signed with \(key), which is not trusted"
    case .wrongSignature(let key): "the signature is not one of this image with \(key)"
    case .cancelled: "stopped"
    }
  }

  var status: ExitStatus {
    switch problem {
    case .missing: .noInput
    case .permissionDenied, .unsigned, .untrusted: .noPermission
    case .diskFull, .inputOutput: .inputOutput
    case .newerFormat: .newerFormat
    case .cancelled: .negative
    case .notAnImage, .otherByteOrder, .wrongSize, .contradiction, .outOfBounds, .wrongChecksum, .wrongDigest,
      .notDecompressible, .undecodable, .wrongSignature:
      .badData
    }
  }
}
