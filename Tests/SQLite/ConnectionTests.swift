import Foundation
import SQLite
import Testing

@Suite("SQLite connection")
struct ConnectionTests {
    @Test("every kind of value comes back byte for byte")
    func values() throws {
        let connection = try Connection(path: ":memory:")
        try connection.executeScript("CREATE TABLE t (v)")
        let values: [Value] = [
            .null, .integer(.min), .integer(.max), .real(1.5), .text(""), .text("grüße 🌍\0x"),
            .blob([]), .blob([0, 255, 1]),
        ]
        for value in values { try connection.execute("INSERT INTO t VALUES (?)", [value]) }
        let found = try connection.query("SELECT v FROM t ORDER BY rowid") { $0.value(0) }
        #expect(found == values)
    }

    /// The permissions of a file, its group and others included.
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test("a database and what lies beside it are their owner's alone")
    func permissions() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "sqlite-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "a.sqlite").path
        let connection = try Connection(path: path)
        try connection.executeScript("CREATE TABLE t (v); INSERT INTO t VALUES (1)")
        for suffix in ["", "-wal", "-shm"] { #expect(try mode(path + suffix) == 0o600) }
        // One that was made before is closed to strangers, with what lies beside it.
        for suffix in ["", "-wal", "-shm"] {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o644], ofItemAtPath: path + suffix)
        }
        let second = try Connection(path: path)
        #expect(try second.first("SELECT v FROM t") { $0.int64(0) } == 1)
        for suffix in ["", "-wal", "-shm"] { #expect(try mode(path + suffix) == 0o600) }
        // A group that somebody let in stays in.
        try FileManager.default.setAttributes([.posixPermissions: 0o660], ofItemAtPath: path)
        _ = try Connection(path: path)
        #expect(try mode(path) == 0o660)
    }

    @Test("bytes are lent without a copy")
    func lentBytes() throws {
        let connection = try Connection(path: ":memory:")
        let sum = try connection.first("SELECT x'0102ff'") { statement in
            statement.withBlob(0) { bytes in
                bytes.byteOffsets.reduce(0) {
                    unsafe $0 + Int(bytes.unsafeLoad(fromByteOffset: $1, as: UInt8.self))
                }
            }
        }
        #expect(sum == 258)
    }

    @Test("a throwing transaction leaves nothing behind")
    func rollsBack() throws {
        let connection = try Connection(path: ":memory:")
        try connection.executeScript("CREATE TABLE t (v UNIQUE)")
        #expect(throws: SQLiteError.self) {
            try connection.transaction { () throws(SQLiteError) in
                try connection.execute("INSERT INTO t VALUES (1)")
                try connection.execute("INSERT INTO t VALUES (1)")
            }
        }
        #expect(try connection.pragma("user_version") == 0)
        #expect(try connection.first("SELECT count(*) FROM t") { $0.int64(0) } == 0)
        #expect(!connection.isInTransaction)
    }

    @Test("the same text may be stepped twice at once")
    func nestedStatements() throws {
        let connection = try Connection(path: ":memory:")
        try connection.executeScript("CREATE TABLE t (v); INSERT INTO t VALUES (1), (2)")
        let outer = try connection.statement("SELECT v FROM t")
        #expect(try outer.step())
        let inner = try connection.query("SELECT v FROM t") { $0.int64(0) }
        #expect(inner == [1, 2])
        #expect(try outer.step())
        outer.reset()
    }

    @Test("errors name the file, the statement and the kind")
    func errors() throws {
        let folder = try TemporaryFolder()
        let missing = #expect(throws: SQLiteError.self) {
            try Connection(path: folder.path + "/none/a.db")
        }
        #expect(missing?.isInaccessible == true)
        #expect(missing?.file == folder.path + "/none/a.db")

        let broken = folder.path + "/broken.db"
        try Data(repeating: 7, count: 8192).write(to: URL(fileURLWithPath: broken))
        let corrupt = #expect(throws: SQLiteError.self) { try Connection(path: broken) }
        #expect(corrupt?.isCorrupt == true)

        let connection = try Connection(path: folder.path + "/a.db")
        let syntax = #expect(throws: SQLiteError.self) { try connection.execute("SELEKT 1") }
        #expect(syntax?.sql == "SELEKT 1")
        #expect(syntax?.description.contains("a.db") == true)
    }

    @Test("a write-ahead log that was cut short is a damaged file")
    func cutShort() throws {
        let folder = try TemporaryFolder()
        let writer = try Connection(path: folder.path + "/a.db")
        try writer.executeScript("CREATE TABLE t (v)")
        try writer.execute("INSERT INTO t VALUES (zeroblob(100000))")
        // The writer's index of the log still names all of it.
        let log = try #require(FileHandle(forWritingAtPath: folder.path + "/a.db-wal"))
        try log.truncate(atOffset: 20_000)
        let reader = try Connection(path: folder.path + "/a.db")
        let error = #expect(throws: SQLiteError.self) {
            try reader.query("SELECT v FROM t", []) { $0.blob(0).count }
        }
        #expect(error?.isCorrupt == true)
    }

    @Test("a full database says so, and takes more once there is room")
    func full() throws {
        let folder = try TemporaryFolder()
        let connection = try Connection(path: folder.path + "/a.db")
        try connection.executeScript("CREATE TABLE t (v)")
        try connection.setPragma("max_page_count", to: 4)
        let big = Value.blob(Array(repeating: 1, count: 100_000))
        let error = #expect(throws: SQLiteError.self) {
            try connection.execute("INSERT INTO t VALUES (?)", [big])
        }
        #expect(error?.isFull == true)
        try connection.setPragma("max_page_count", to: 1000)
        try connection.execute("INSERT INTO t VALUES (?)", [big])
    }

    @Test("a second writer is told that the file is busy")
    func busy() throws {
        let folder = try TemporaryFolder()
        let options = ConnectionOptions(busyTimeout: .zero)
        let first = try Connection(path: folder.path + "/a.db", options: options)
        let second = try Connection(path: folder.path + "/a.db", options: options)
        try first.executeScript("CREATE TABLE t (v)")
        try first.transaction { () throws(SQLiteError) in
            try first.execute("INSERT INTO t VALUES (1)")
            let error = #expect(throws: SQLiteError.self) {
                try second.execute("INSERT INTO t VALUES (2)")
            }
            #expect(error?.isBusy == true)
        }
        let before = try second.dataVersion()
        try first.execute("INSERT INTO t VALUES (3)")
        #expect(try second.dataVersion() != before)
        #expect(try first.checkpoint(.truncate).logPages == 0)
    }

    @Test("migrations run once each, and refuse a newer file")
    func migrations() throws {
        let connection = try Connection(path: ":memory:")
        let first = Migrations(["CREATE TABLE a (v)"])
        let second = Migrations(["CREATE TABLE a (v)", "ALTER TABLE a ADD COLUMN w"])
        try first.apply(to: connection)
        try second.apply(to: connection)
        try second.apply(to: connection)
        #expect(try connection.pragma("user_version") == 2)
        #expect(throws: SQLiteError.self) { try first.apply(to: connection) }
    }

    @Test("an actor on a queue executor runs on that queue only")
    func queueExecutor() async {
        let pinned = Pinned()
        #expect(await pinned.count() == 1)
        #expect(await pinned.count() == 2)
    }
}

private actor Pinned {
    private let executor = QueueExecutor(label: "pinned")
    private var counted = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    func count() -> Int {
        executor.checkIsolated()
        counted += 1
        return counted
    }
}

/// A folder that goes with the value.
private final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        // A leftover in the system's temporary folder harms nothing.
        try? FileManager.default.removeItem(atPath: path)
    }
}
