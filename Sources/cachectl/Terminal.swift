#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The terminal, while a view takes all of it: no echo, keys at once, its own screen. Leaving restores what was there.
final class FullScreen {
  private let before: termios
  private var isLeft = false

  /// `nil` if input or output is no terminal.
  init?() {
    var state = termios()
    guard isatty(0) == 1, isatty(1) == 1, Environment["TERM"] != "dumb", tcgetattr(0, &state) == 0 else { return nil }
    before = state
    state.c_lflag &= ~tcflag_t(ICANON | ECHO)
    // Whoever suspends the view would be left with its screen.
    withUnsafeMutableBytes(of: &state.c_cc) { $0[Int(VSUSP)] = 0 }
    guard tcsetattr(0, TCSANOW, &state) == 0 else { return nil }
    // The other screen, without a cursor.
    StandardOutput.write("\u{1b}[?1049h\u{1b}[?25l")
  }

  /// Puts the terminal back.
  func leave() {
    guard !isLeft else { return }
    isLeft = true
    StandardOutput.write("\u{1b}[?25h\u{1b}[?1049l")
    var state = before
    tcsetattr(0, TCSANOW, &state)
  }

  deinit { leave() }

  /// The terminal's size now.
  var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Shows text in place of what was there; what does not fit is cut off.
  func show(_ text: String) {
    let (columns, rows) = size
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(max(1, rows - 1))
    let shown = lines.map { "\($0.prefix(columns))\u{1b}[K" }.joined(separator: "\r\n")
    StandardOutput.write("\u{1b}[H\(shown)\u{1b}[J")
  }
}

/// The keys of whoever sits there.
enum Keyboard {
  /// Waits so long for a key; `nil` if none came, or a signal did. At its end the input is a key 4 (Ctrl-D).
  static func wait(milliseconds: Int32) -> UInt8? {
    var event = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    guard poll(&event, 1, milliseconds) > 0 else { return nil }
    var key: UInt8 = 0
    return read(0, &key, 1) == 1 ? key : 4
  }

  /// Waits without looking at keys; a signal ends it, too.
  static func pause(milliseconds: Int32) { poll(nil, 0, milliseconds) }
}
