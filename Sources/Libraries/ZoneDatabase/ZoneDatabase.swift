import Foundation
package import TimeZones

/// The system's time zones: the files that its updates keep current.
///
/// Foundation on Linux computes zones by rules inside its own library, which no update of the
/// system reaches, so that it is an hour wrong where a law has changed since. Who decides takes
/// ``ZoneRules``, which say which version of the data they are of, and touches no file.
package struct ZoneDatabase: Sendable {
    /// Where systems keep them.
    package static let system = Self(folder: "/usr/share/zoneinfo")

    private let folder: String

    /// The zones in a folder as `zic` writes it.
    package init(folder: String) { self.folder = folder }

    /// Whether there is such a folder.
    package var isInstalled: Bool { Self.isFolder(folder) == true }

    /// Whether a path is a folder's; `nil` where there is nothing.
    private static func isFolder(_ path: String) -> Bool? {
        var isFolder: ObjCBool = false
        let exists = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        return exists ? isFolder.boolValue : nil
    }

    /// The rules of a zone as they are now.
    ///
    /// - Throws: ``ZoneError`` for names that are none, zones that are not there and files that
    ///   are none of RFC 9636's.
    package func rules(of name: String) throws(ZoneError) -> ZoneRules {
        guard Self.isName(name) else { throw .badName(name) }
        let bytes = try file(name, atMost: ZoneFile.mostBytes)
        return try ZoneFile.rules(in: bytes, name: name, version: version ?? Self.hash(bytes))
    }

    /// The version of the data, such as `2026b`, as it says itself; `nil` where it does not.
    package var version: String? {
        let mark = "# version "
        // What is not there says no version.
        let source = (try? file("tzdata.zi", atMost: 64, cutting: true)) ?? []
        if let line = String(decoding: source, as: UTF8.self).split(separator: "\n").first,
            line.hasPrefix(mark)
        {
            return Self.word(line.dropFirst(mark.count))
        }
        // Nor does this.
        let plain = (try? file("+VERSION", atMost: 64, cutting: true)) ?? []
        return Self.word(Substring(String(decoding: plain, as: UTF8.self)))
    }

    /// A version's word: anything else is none.
    private static func word(_ text: Substring) -> String? {
        let word = text.prefix { !$0.isWhitespace }
        let isPlain = word.utf8.allSatisfy { isOfName($0) || $0 == UInt8(ascii: ".") }
        return isPlain && (1...32).contains(word.utf8.count) ? String(word) : nil
    }

    /// Whether a zone may have this name: what leads out of the folder is none.
    package static func isName(_ name: String) -> Bool {
        guard (1...64).contains(name.utf8.count) else { return false }
        return name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .allSatisfy { part in
                part.first.map { isOfName($0) && $0 != UInt8(ascii: "-") } ?? false
                    && part.allSatisfy { isOfName($0) }
            }
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"): true
        default: false
        }
    }

    /// Names rules whose data has no version (FNV-1a, 64 bits): other rules have another name.
    private static func hash(_ bytes: [UInt8]) -> String {
        let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        let digits = String(hash, radix: 16)
        return "hash-" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    private func file(
        _ name: String, atMost limit: Int, cutting: Bool = false
    ) throws(ZoneError) -> [UInt8] {
        let path = folder + "/" + name
        guard Self.isFolder(path) == false else { throw .unknown(name) }
        let data: Data?
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? handle.close() }  // it was only read
            data = try handle.read(upToCount: cutting ? limit : limit + 1)
        } catch {
            throw .unreadable(name, because: "\(error)")
        }
        let bytes = Array(data ?? Data())
        guard bytes.count <= limit else {
            throw .unreadable(name, because: "it has more than \(limit) bytes")
        }
        return bytes
    }
}
