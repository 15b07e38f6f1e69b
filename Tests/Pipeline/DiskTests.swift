import Foundation
import PipelineTesting
import SQLite
import SQLiteEventLog
import Testing

/// What a day of questions leaves on the disk.
@Suite(.ownInstallation)
struct DiskTests {
    private static let customers = 160
    private static let questions = [
        "What time do you open on Saturday?", "Do you deliver to my hotel?",
        "Can I pay by credit card?", "Is there a guided tour to the lagoon?",
        "What happens if I bring the bicycle back late?", "Do you buy used bicycles?",
    ]

    // Sealed words are noise and do not get smaller: unsealed they would take 9 kB.
    @Test("a message with its answer and statuses leaves 25 kB at most, headers and state included")
    func bytes() async throws {
        let model = try ModelDouble()
        let installation = try await RunningInstallation.start([
            "--embedding-url", model.url, "--burst-pause", "0",
        ])
        var before = 0
        do {
            before = try await Self.settledBytes(installation)
            try await withThrowingTaskGroup { group in
                for number in 0..<Self.customers {
                    let customer = Customer(in: installation)
                    group.addTask {
                        let question = Self.questions[number % Self.questions.count]
                        let reply = try await customer.ask(question, within: .seconds(90))
                        #expect(!reply.text.isEmpty)
                    }
                }
                try await group.waitForAll()
            }
            // Each answer is delivered and read: the statuses belong to it.
            var records = -1
            try await eventually("nothing more comes") {
                let last = records
                try await Task.sleep(for: .seconds(1))  // a second of quiet is waited for
                records = try await Self.records(installation)
                return records == last
            }
        } catch {
            installation.tell(about: error)
            await installation.end()
            throw error
        }
        try await installation.stop()
        let after = try await Self.settledBytes(installation)
        let each = (after - before) / Self.customers
        #expect(each <= 26_000, "\(each) bytes each")
        await model.stop()
    }

    private static func records(_ installation: RunningInstallation) async throws -> Int {
        let file = try Connection(path: installation.data + "/log.sqlite")
        return Int(try file.first("SELECT sum(next) FROM heads") { $0.int64(0) } ?? 0)
    }

    /// The file's pages in use once all that can be packed is.
    private static func settledBytes(_ installation: RunningInstallation) async throws -> Int {
        let path = installation.data + "/log.sqlite"
        let log = try await SQLiteEventLog.open(path: path) {
            Int64(Date().timeIntervalSince1970 * 1_000) + 2 * 3_600_000
        }
        try await log.maintain()
        let bytes = try await log.bytesInUse()
        await log.close()
        return bytes
    }
}
