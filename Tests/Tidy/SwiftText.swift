/// Takes comments and the contents of strings out of Swift source, keeping its lines.
enum SwiftText {
    /// The code of a source text: what is taken out becomes spaces.
    static func code(of text: String) -> String {
        var scanner = Scanner(bytes: Array(text.utf8))
        scanner.run()
        return String(decoding: scanner.bytes, as: UTF8.self)
    }

    private struct Scanner {
        var bytes: [UInt8]
        var place = 0

        private static let quote = UInt8(ascii: "\"")
        private static let slash = UInt8(ascii: "/")
        private static let star = UInt8(ascii: "*")
        private static let hash = UInt8(ascii: "#")
        private static let lineFeed = UInt8(ascii: "\n")
        private static let space = UInt8(ascii: " ")
        private static let backslash = UInt8(ascii: "\\")

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func run() {
            while place < bytes.count {
                let byte = bytes[place]
                if byte == Self.slash, peek(1) == Self.slash {
                    while place < bytes.count, bytes[place] != Self.lineFeed { blank() }
                } else if byte == Self.slash, peek(1) == Self.star {
                    blankBlock()
                } else if byte == Self.quote || (byte == Self.hash && opensRawString) {
                    blankString()
                } else {
                    place += 1
                }
            }
        }

        private func peek(_ distance: Int) -> UInt8 {
            place + distance < bytes.count ? bytes[place + distance] : 0
        }

        private func has(_ byte: UInt8, times: Int, at start: Int) -> Bool {
            guard start + times <= bytes.count else { return false }
            for index in start..<start + times where bytes[index] != byte { return false }
            return true
        }

        private var opensRawString: Bool {
            var index = place
            while index < bytes.count, bytes[index] == Self.hash { index += 1 }
            return index < bytes.count && bytes[index] == Self.quote
        }

        /// Blanks one byte, unless it ends a line.
        private mutating func blank(_ count: Int = 1) {
            for _ in 0..<count where place < bytes.count {
                if bytes[place] != Self.lineFeed { bytes[place] = Self.space }
                place += 1
            }
        }

        private mutating func blankBlock() {
            var depth = 0
            repeat {
                if bytes[place] == Self.slash, peek(1) == Self.star {
                    depth += 1
                    blank(2)
                } else if bytes[place] == Self.star, peek(1) == Self.slash {
                    depth -= 1
                    blank(2)
                } else {
                    blank()
                }
            } while depth > 0 && place < bytes.count
        }

        private mutating func blankString() {
            var hashes = 0
            while bytes[place] == Self.hash {
                hashes += 1
                place += 1
            }
            let quotes = has(Self.quote, times: 3, at: place) ? 3 : 1
            place += quotes
            while place < bytes.count {
                if has(Self.quote, times: quotes, at: place),
                    has(Self.hash, times: hashes, at: place + quotes)
                {
                    place += quotes + hashes
                    return
                }
                if bytes[place] == Self.backslash,
                    has(Self.hash, times: hashes, at: place + 1)
                {
                    blank(1 + hashes)
                    if place < bytes.count, bytes[place] == UInt8(ascii: "(") {
                        blankInterpolation()
                    } else {
                        blank()
                    }
                } else {
                    blank()
                }
            }
        }

        /// Strings inside an interpolation may hold quotes and parentheses of their own.
        private mutating func blankInterpolation() {
            var depth = 0
            repeat {
                switch bytes[place] {
                case UInt8(ascii: "("):
                    depth += 1
                    blank()
                case UInt8(ascii: ")"):
                    depth -= 1
                    blank()
                case Self.quote:
                    let start = place
                    blankString()
                    for index in start..<min(place, bytes.count)
                    where bytes[index] != Self.lineFeed { bytes[index] = Self.space }
                default: blank()
                }
            } while depth > 0 && place < bytes.count
        }
    }
}
