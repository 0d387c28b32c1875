import ArgumentParser

/// What the command's exit tells a script, after `sysexits.h`.
enum ExitStatus: Int32, CaseIterable {
  case success = 0
  case negative = 1
  case grown = 3
  case usage = 64
  case badData = 65
  case noInput = 66
  case newerFormat = 69
  case internalError = 70
  case inputOutput = 74
  case locked = 75
  case noPermission = 77

  var code: ExitCode { ExitCode(rawValue) }

  private var meaning: String {
    switch self {
    case .success: "done"
    case .negative:
      """
      the program failed; 'verify' found violations; 'why' or 'image extract' did not find one of that name; 'image load' \
      does not fit the lineage; 'image diff --exit-code' found differences; 'advise --exit-code' found something to change; 'bench --check' missed a demand
      """
    case .grown: "'report bloat' found the file larger than --fail-above or --baseline allows"
    case .usage: "the command line is wrong"
    case .badData: "the file is no store, image, key or program, or is damaged"
    case .noInput: "there is no store, image or program at the path"
    case .newerFormat: "the store or image was written by a newer program"
    case .internalError: "anything else"
    case .inputOutput: "reading or writing failed, or the disk is full"
    case .locked: "another process holds the store; try again"
    case .noPermission: "the store or image cannot be read or written by this user, or the image is not trusted"
    }
  }

  /// All of them, a line each, for help.
  static var table: String {
    allCases.map { status in
      let number = String(status.rawValue)
      return "  " + number + String(repeating: " ", count: 4 - number.count) + status.meaning
    }.joined(separator: "\n")
  }
}
