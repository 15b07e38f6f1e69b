import Foundation
import SQLite
import Zstandard

/// Looks for words in files, in whatever form they may stand there.
struct WordSearch {
    private struct Needle {
        var word: String
        var bytes: [UInt8]
    }

    /// By their first two bytes: all are looked for at once.
    private var needles: [Int: [Needle]] = [:]

    /// Looks for these words.
    init(_ words: [String]) {
        for word in words {
            for bytes in Self.forms(of: word) where bytes.count > 1 {
                needles[Int(bytes[0]) << 8 | Int(bytes[1]), default: []].append(
                    Needle(word: word, bytes: bytes))
            }
        }
    }

    /// The words that stand in files below some folders, each with the file.
    func found(in folders: [String]) throws -> [String] {
        var found: Set<String> = []
        for folder in folders {
            for path in Self.files(below: folder) {
                guard let data = FileManager.default.contents(atPath: path) else { continue }
                for word in words(in: [UInt8](data)) { found.insert("\(word) in \(path)") }
                guard path.hasSuffix("/log.sqlite") else { continue }
                for word in words(in: try Self.blocks(of: path)) {
                    found.insert("\(word) in a block of \(path)")
                }
            }
        }
        return found.sorted()
    }

    /// The words that stand among some bytes.
    func words(in bytes: [UInt8]) -> Set<String> {
        var begins = [Bool](repeating: false, count: 1 << 16)
        for start in needles.keys { begins[start] = true }
        var found: Set<String> = []
        let all = bytes.span
        for index in 0..<max(0, bytes.count - 1) {
            let start = Int(all[index]) << 8 | Int(all[index + 1])
            guard begins[start] else { continue }
            for needle in needles[start] ?? []
            where bytes[index...].starts(with: needle.bytes) { found.insert(needle.word) }
        }
        return found
    }

    private static func files(below folder: String) -> [String] {
        // A folder that is not there holds nothing.
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        return names.map { folder + "/" + $0 }.filter { path in
            var isFolder: ObjCBool = false
            return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                && !isFolder.boolValue
        }
    }

    /// What the blocks of a log hold.
    private static func blocks(of path: String) throws -> [UInt8] {
        let connection = try Connection(path: path, options: ConnectionOptions(access: .readWrite))
        return try connection.query("SELECT records FROM blocks") { $0.blob(0) }
            .reduce(into: []) { $0 += try Zstandard.decompress($1, atMost: 1 << 30) }
    }

    /// How a word may be written.
    static func forms(of word: String) -> [[UInt8]] {
        let bytes = Array(word.utf8)
        var forms = [bytes]
        forms.append(word.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
        forms.append(word.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] })
        for isUpper in [false, true] {
            func hex(_ number: Int, _ digits: Int) -> String {
                let text = String(number, radix: 16, uppercase: isUpper)
                return String(repeating: "0", count: max(0, digits - text.count)) + text
            }
            let all = word.utf16.map { "\\u" + hex(Int($0), 4) }.joined()
            let some = word.utf16.map { unit in
                unit < 0x80 ? String(UnicodeScalar(UInt8(unit))) : "\\u" + hex(Int(unit), 4)
            }.joined()
            let percent = bytes.map { byte in
                isPlain(byte) ? String(UnicodeScalar(byte)) : "%" + hex(Int(byte), 2)
            }.joined()
            forms += [all, some, percent, percent.replacingOccurrences(of: "%20", with: "+")]
                .map { Array($0.utf8) }
            forms.append(Array(bytes.map { hex(Int($0), 2) }.joined().utf8))
        }
        for offset in 0..<3 {
            let padded = [UInt8](repeating: 0, count: offset) + bytes
            let (whole, rest) = (padded.count * 8).quotientAndRemainder(dividingBy: 6)
            // The first characters hold bits of what stands before, the last of what follows: any
            // that may do. Without it numbers that differ in their last digit would be one.
            for next in rest == 0 ? [0] : Array(0..<(1 << (6 - rest))) {
                let following = UInt8(next << (2 + rest))
                let code = Data(padded + [following]).base64EncodedString()
                    .prefix(whole + (rest == 0 ? 0 : 1)).dropFirst([0, 2, 3][offset])
                guard code.count >= 8 else { continue }
                forms.append(Array(code.utf8))
                let safe = code.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }
                forms.append(Array(String(safe).utf8))
            }
        }
        return Array(Set(forms))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_")].contains(byte)
        }
    }
}
