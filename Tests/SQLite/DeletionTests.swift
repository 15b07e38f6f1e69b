import Foundation
import SQLite
import Testing

/// What is deleted is gone from the file and from what lies beside it.
@Suite("Deleted values")
struct DeletionTests {
    /// A file with words that can be looked for, some of them longer than a page.
    private final class Planted {
        let folder: URL
        let path: String
        let connection: Connection
        let words: [String]

        init(length: Int) throws {
            folder = FileManager.default.temporaryDirectory
                .appending(path: "deleted-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            path = folder.appending(path: "a.sqlite").path
            connection = try Connection(path: path)
            words = (0..<400).map { "word-\($0)-\(UUID().uuidString)" }
            let filling = String(repeating: "x", count: length)
            try connection.executeScript("CREATE TABLE t (n INTEGER PRIMARY KEY, v)")
            try connection.transaction { () throws(SQLiteError) in
                for (number, word) in words.enumerated() {
                    try connection.execute(
                        "INSERT INTO t VALUES (?, ?)",
                        [.integer(Int64(number)), .text(word + filling + word)])
                }
            }
            try connection.checkpoint(.passive)
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        /// Deletes every tenth.
        func delete() throws {
            try connection.execute("DELETE FROM t WHERE n % 10 = 0")
        }

        /// How many of the deleted words stand in the file, and in the write-ahead log.
        func found() throws -> (file: Int, log: Int) {
            let file = try Data(contentsOf: URL(filePath: path))
            let log = try Data(contentsOf: URL(filePath: path + "-wal"))
            let gone = stride(from: 0, to: words.count, by: 10).map { Data(words[$0].utf8) }
            return (
                gone.count { file.range(of: $0) != nil }, gone.count { log.range(of: $0) != nil }
            )
        }
    }

    @Test("are gone once the log is emptied", arguments: [0, 9_000])
    func emptied(length: Int) throws {
        let planted = try Planted(length: length)
        #expect(try planted.found().file == 40)
        try planted.delete()
        // Committed, and yet all of it stands there.
        #expect(try planted.found().file == 40)
        try planted.connection.emptyLog(within: .seconds(10))
        #expect(try planted.found() == (0, 0))
        #expect(try planted.connection.first("SELECT count(*) FROM t") { $0.int64(0) } == 360)
    }

    @Test("a connection that leaves what it deletes is what the search finds")
    func withoutOverwriting() throws {
        let planted = try Planted(length: 0)
        try planted.connection.setPragma("secure_delete", to: 0)
        try planted.delete()
        try planted.connection.emptyLog(within: .seconds(10))
        #expect(try planted.found().file > 0)
    }

    @Test("stay as long as a reader holds the log, and whoever wants them gone is told")
    func reader() throws {
        let planted = try Planted(length: 0)
        let reader = try Connection(path: planted.path)
        try reader.executeScript("BEGIN")
        _ = try reader.first("SELECT count(*) FROM t") { $0.int64(0) }
        try planted.delete()
        #expect(throws: LogIsHeld(file: planted.path)) {
            try planted.connection.emptyLog(within: .milliseconds(50))
        }
        #expect(try planted.found().log > 0)
        try reader.executeScript("COMMIT")
        try planted.connection.emptyLog(within: .seconds(10))
        #expect(try planted.found() == (0, 0))
        // It waits for others as before.
        #expect(try planted.connection.pragma("busy_timeout") == .integer(5_000))
    }
}
