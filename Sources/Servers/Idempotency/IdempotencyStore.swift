package import Conversation
import Cryptography
import FoundationEssentials
package import HTTPServer
import SQLite

/// Keeps what was done under an `Idempotency-Key`, and what was answered, for a day.
///
/// A SQLite file that the console processes of a machine share. It is no record of anything: what
/// happened is in the log, and a command whose reference was seen is not done again, with or
/// without this file. An answer is sealed under what the caller alone knows, the key, so that the
/// file tells nothing of people to whoever finds it, and outlives no erasure for longer than a day.
package actor IdempotencyStore {
    /// A request that was let through; hand it back with its answer.
    package struct Run: Sendable {
        /// What its act is called in the log: the same when the same is tried again after nobody
        /// knows what became of it, and another after it was refused, for then nothing was done,
        /// and what was refused by that name would not even be looked at again.
        package let reference: String
        /// When it was first tried by that name, where nobody knows what became of it: it may be
        /// done already, and whoever tries it again has to look.
        package let begunBefore: Timestamp?
        let scope: IdempotencyScope
        let bodyHash: String
        let token: String
    }

    /// What is to be done with a request.
    package enum Beginning: Sendable {
        /// Do it, then `finish` or `abandon`.
        case run(Run)
        /// Answer so.
        case replay(HTTPResponse)
    }

    /// What of an answer may be told again.
    package enum Keeping: Sendable {
        /// All of it.
        case wholeAnswer
        /// Only that it was done: the answer held a secret that is shown once.
        case nothingButTheFact
    }

    private static let schema = Migrations([
        """
        CREATE TABLE acts (
            reference TEXT PRIMARY KEY, body TEXT NOT NULL, run TEXT NOT NULL, at INTEGER NOT NULL,
            answer BLOB, finished INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX acts_by_time ON acts (at);
        """,
        "ALTER TABLE acts ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0",
        """
        ALTER TABLE acts ADD COLUMN begun INTEGER;
        ALTER TABLE acts ADD COLUMN slot TEXT;
        """,
    ])

    /// How a request stands, as the column `finished` has it.
    private enum Standing: Int64 {
        case running, finished, open
    }

    /// Old rows removed with each new one: more than come, so that they go, in small steps.
    private static let removedEachTime = 20

    private let executor = QueueExecutor(label: "idempotent answers")
    /// The actor's own thread: SQLite may wait for the disk or another process.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }
    private let path: String
    private let slot: String?
    private var opened: Connection?

    /// A store in a file, which is made when it is first needed.
    ///
    /// What a process of the same slot left running, it left when it died: nobody waits for that.
    package init(path: String, slot: String? = nil) {
        self.path = path
        self.slot = slot
    }

    /// Decides about a request, and notes that it runs if it may.
    ///
    /// - Throws: ``Problem``: 409 while the same runs, 422 for another body under the same key;
    ///   `SQLiteError` or `CryptographyError` where the store fails.
    package func begin(
        _ scope: IdempotencyScope, body: [UInt8], at now: Timestamp
    ) throws -> Beginning {
        let connection = try connection()
        // A body may hold a password: whoever finds the file must not be able to guess at it.
        let hash = Hex.encode(try HMAC.sha256(key: scope.secret, body))
        let token = try RandomBytes.token(bytes: 9)
        return try connection.transaction(failure: { $0 as any Error }) { () throws in
            var (entry, refusals, begun) = try Self.entry(scope, connection)
            switch IdempotencyRule.decide(entry, bodyHash: hash, at: now) {
            case .replay(let answer): return .replay(answer.response)
            case .refuse(let problem): throw problem
            case .run:
                // What was done so long ago that its answer is gone is another act.
                if case .finished = entry {
                    refusals += 1
                    begun = nil
                }
                try Self.removeOld(connection, at: now)
                try connection.execute(
                    """
                    INSERT INTO acts
                        (reference, body, run, at, answer, finished, refusals, begun, slot)
                    VALUES (?, ?, ?, ?, NULL, 0, ?, ?, ?)
                    ON CONFLICT (reference) DO UPDATE SET
                        body = excluded.body, run = excluded.run, at = excluded.at, answer = NULL,
                        finished = 0, refusals = excluded.refusals, begun = excluded.begun,
                        slot = excluded.slot
                    """,
                    [
                        .text(scope.reference), .text(hash), .text(token),
                        .integer(now.milliseconds), .integer(refusals),
                        .integer((begun ?? now).milliseconds), slot.map { .text($0) } ?? .null,
                    ])
                return .run(
                    Run(
                        reference: scope.reference(afterRefusals: refusals), begunBefore: begun,
                        scope: scope, bodyHash: hash, token: token))
            }
        }
    }

    /// Keeps the answer of a request that was carried out, or notes that it was not: one that is
    /// refused (4xx) or failed (5xx) may be sent again under its key, corrected.
    package func finish(
        _ run: Run, _ response: HTTPResponse, keeping: Keeping = .wholeAnswer, at now: Timestamp
    ) throws {
        guard response.status < 400 else { return try abandon(run, status: response.status) }
        var sealed: Value = .null
        if case .wholeAnswer = keeping {
            let plain = try JSONEncoder().encode(KeptAnswer(response))
            sealed = .blob(
                try AuthenticatedEncryption.seal(
                    [UInt8](plain), key: run.scope.secret,
                    authenticating: Array(run.scope.reference.utf8)))
        }
        try connection().execute(
            "UPDATE acts SET answer = ?, finished = 1, at = ? WHERE reference = ? AND run = ?",
            [
                sealed, .integer(now.milliseconds), .text(run.scope.reference), .text(run.token),
            ])
    }

    /// Notes that a request was not carried out, as the status of its answer says: refused, or
    /// nobody knows.
    package func abandon(_ run: Run, status: Int) throws {
        let isRefused = IdempotencyRule.isRefusal(status)
        try connection().execute(
            """
            UPDATE acts SET finished = \(Standing.open.rawValue), refusals = refusals + ?,
                begun = \(isRefused ? "NULL" : "begun")
            WHERE reference = ? AND run = ? AND finished = 0
            """,
            [
                .integer(isRefused ? 1 : 0), .text(run.scope.reference), .text(run.token),
            ])
    }

    private func connection() throws -> Connection {
        if let opened { return opened }
        // What is lost in a power cut is only who would have been answered without the log.
        let connection = try Connection(path: path, options: .init(synchronous: .normal))
        try Self.schema.apply(to: connection)
        if let slot {
            try connection.execute(
                """
                UPDATE acts SET finished = \(Standing.open.rawValue)
                WHERE finished = 0 AND slot = ?
                """, [.text(slot)])
        }
        opened = connection
        return connection
    }

    private static func entry(
        _ scope: IdempotencyScope, _ connection: Connection
    ) throws -> (entry: IdempotencyEntry?, refusals: Int64, begun: Timestamp?) {
        let row = try connection.first(
            """
            SELECT body, run, at, finished, answer, refusals, begun FROM acts WHERE reference = ?
            """,
            [.text(scope.reference)]
        ) {
            (
                body: $0.text(0), run: $0.text(1), at: Timestamp(milliseconds: $0.int64(2)),
                standing: Standing(rawValue: $0.int64(3)), answer: $0.isNull(4) ? nil : $0.blob(4),
                refusals: $0.int64(5),
                begun: $0.isNull(6) ? nil : Timestamp(milliseconds: $0.int64(6))
            )
        }
        guard let row else { return (nil, 0, nil) }
        switch row.standing {
        case .running:
            return (
                .running(bodyHash: row.body, since: row.at, run: row.run), row.refusals, row.begun
            )
        case .open: return (.open, row.refusals, row.begun)
        case .finished, nil: break
        }
        guard let sealed = row.answer else {
            return (.finished(bodyHash: row.body, at: row.at, nil), row.refusals, row.begun)
        }
        let plain = try AuthenticatedEncryption.open(
            sealed, key: scope.secret, authenticating: Array(scope.reference.utf8))
        let answer = try JSONDecoder().decode(KeptAnswer.self, from: Data(plain))
        return (.finished(bodyHash: row.body, at: row.at, answer), row.refusals, row.begun)
    }

    private static func removeOld(_ connection: Connection, at now: Timestamp) throws {
        try connection.execute(
            """
            DELETE FROM acts WHERE reference IN (
                SELECT reference FROM acts WHERE at < ? ORDER BY at LIMIT \(removedEachTime))
            """, [.integer((now - IdempotencyRule.keeping).milliseconds)])
    }
}
