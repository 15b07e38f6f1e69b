import Foundation
import Testing
import ZoneDatabase

@testable import TimeZones

@Suite("Zone files")
struct ZoneFileTests {
    /// A file with one change, at 100 s, from 0 to an hour.
    private func file(
        version: UInt8 = 0x32, times: [Int64] = [100], kinds: [UInt8] = [1],
        offsets: [Int32] = [0, 3_600], leaps: UInt32 = 0, footer: String = "\nXXX-1\n"
    ) -> [UInt8] {
        func big(_ value: Int64, _ bytes: Int) -> [UInt8] {
            (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * Int64($0))) }
        }
        func block(_ width: Int) -> [UInt8] {
            var bytes = Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15)
            for count in [0, 0, Int64(leaps), Int64(times.count), Int64(offsets.count), 4] {
                bytes += big(count, 4)
            }
            bytes += times.flatMap { big($0, width) } + kinds
            bytes += offsets.flatMap { big(Int64($0), 4) + [0, 0] } + Array("XXX\0".utf8)
            for _ in 0..<leaps { bytes += big(0, width) + big(0, 4) }
            return bytes
        }
        return block(4) + (version == 0 ? [] : block(8) + Array(footer.utf8))
    }

    private func read(_ bytes: [UInt8]) throws(ZoneError) -> ZoneRules {
        try ZoneFile.rules(in: bytes, name: "X", version: "1")
    }

    @Test("of all four versions are read", arguments: [0, 0x32, 0x33, 0x34] as [UInt8])
    func versions(version: UInt8) throws {
        let rules = try read(file(version: version))
        #expect(rules.offset(at: 99) == 0 && rules.offset(at: 100) == 3_600)
    }

    @Test("without a rule keep the last offset, and without changes the first")
    func withoutRule() throws {
        #expect(try read(file(footer: "\n\n")).offset(at: 1 << 50) == 3_600)
        #expect(try read(file(times: [], kinds: [], footer: "\n\n")).offset(at: 1 << 50) == 0)
        #expect(try read(file(times: [], kinds: [])).offset(at: 0) == 3_600)
    }

    @Test("with a fault are refused, with the byte and what was expected")
    func faults() {
        let faulty: [(String, [UInt8])] = [
            ("kinds", file(kinds: [2])), ("order", file(times: [100, 100], kinds: [1, 0])),
            ("offset", file(offsets: [0, 100_000])), ("rule", file(footer: "\nnonsense\n")),
            ("end", file(footer: "\nXXX-1\nmore")), ("line feed", file(footer: "\nXXX-1")),
            ("version", file(version: 0x35)), ("leap seconds", file(leaps: 1)),
            ("nothing", []), ("other", Array("<html>".utf8)),
        ]
        for (what, bytes) in faulty {
            do throws(ZoneError) {
                _ = try read(bytes)
                Issue.record("\(what) was read")
            } catch {
                guard case .damaged("X", _, let expected) = error else {
                    Issue.record("\(what): \(error)")
                    continue
                }
                #expect(!expected.isEmpty)
            }
        }
    }

    @Test("that are cut, changed or random end with rules or an error, and their rules are usable")
    func fuzz() throws {
        var random = SplitMix(state: 7)
        let seeds =
            [file(), file(version: 0)]
            + ["Europe/Madrid", "Asia/Gaza"].compactMap {
                FileManager.default.contents(atPath: "/usr/share/zoneinfo/\($0)").map(Array.init)
            }
        var readable = 0
        func attempt(_ bytes: [UInt8]) {
            guard let rules = try? read(bytes) else { return }
            readable += 1
            for instant in [Int64.min / 4, -1, 0, 1_799_000_000, Int64.max / 4] {
                _ = rules.offset(at: instant)
            }
            _ = rules.instant(ofLocal: 1_799_000_000, .last)
            _ = rules.excerpt(from: 1_799_000_000)
        }
        for seed in seeds {
            for length in stride(from: 0, to: seed.count, by: max(1, seed.count / 400)) {
                attempt(Array(seed.prefix(length)))
            }
            for _ in 0..<3_000 {
                var bytes = seed
                for _ in 0...Int(random.next() % 4) {
                    bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(
                        truncatingIfNeeded: random.next())
                }
                attempt(bytes)
            }
        }
        for _ in 0..<2_000 {
            let length = Int(random.next() % 300)
            attempt(
                Array("TZif2".utf8)
                    + (0..<length).map { _ in
                        UInt8(truncatingIfNeeded: random.next() % 5)
                    })
        }
        #expect(readable > 100)
    }

    private struct SplitMix {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return mixed ^ (mixed >> 31)
        }
    }
}

@Suite("The system's zones")
struct ZoneDatabaseTests {
    @Test(
        "are asked for by names that lead nowhere else",
        arguments: [
            "", "/etc/passwd", "../../etc/passwd", "Europe/../../etc/passwd", "Europe//Madrid",
            "Europe/", ".", "Europe/Madrid\0", "tzdata.zi", "-x", "Eur\u{f6}pe/Madrid",
            String(repeating: "a", count: 65),
        ])
    func names(name: String) {
        #expect(throws: ZoneError.badName(name)) { try ZoneDatabase.system.rules(of: name) }
    }

    @Test("are unknown where there is none, and for a folder of zones")
    func unknown() {
        for name in ["Mars/Olympus", "Europe"] {
            #expect(throws: ZoneError.unknown(name)) { try ZoneDatabase.system.rules(of: name) }
        }
        #expect(!ZoneDatabase(folder: "/nowhere").isInstalled)
    }

    @Test("say the version of their data, by either of two files or a hash of their own")
    func versions() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "zones-\(UInt64.random(in: 0...UInt64.max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let zone = try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Europe/Madrid"))
        try zone.write(to: folder.appending(path: "Madrid"))
        let database = ZoneDatabase(folder: folder.path)
        #expect(database.version == nil)
        let hash = try database.rules(of: "Madrid").version
        #expect(hash.hasPrefix("hash-") && hash.count == 21)
        try Data("2026b\n".utf8).write(to: folder.appending(path: "+VERSION"))
        #expect(try database.rules(of: "Madrid").version == "2026b")
        let source = "# version 2026c\n# more" + String(repeating: " ", count: 100_000)
        try Data(source.utf8).write(to: folder.appending(path: "tzdata.zi"))
        #expect(database.version == "2026c")
        try Data("garbage".utf8).write(to: folder.appending(path: "Madrid"))
        #expect(throws: ZoneError.self) { try database.rules(of: "Madrid") }
        try Data(count: ZoneFile.mostBytes + 1).write(to: folder.appending(path: "Large"))
        #expect(throws: ZoneError.self) { try database.rules(of: "Large") }
    }
}
