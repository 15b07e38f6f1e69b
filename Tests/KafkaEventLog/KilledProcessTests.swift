import EventLog
import Foundation
import PipelineTesting
import Testing

@testable import KafkaEventLog

/// What others find after a process was killed, by real processes and a real broker.
@Suite(
    "Kafka event log under kills", .enabled(if: TestBroker.isAvailable, "\(TestBroker.missing)"),
    .timeLimit(.minutes(5)))
struct KilledProcessTests {
    static let values = (0..<12).map { "\($0)" }
    /// A quick successor must not wait for the predecessor's session or transaction to time out,
    /// which takes 6 and 10 seconds; this leaves room for a busy machine.
    static let atOnce = Duration.seconds(4)

    @Test(
        "a process killed in mid-commit: nothing of it is seen, its successor goes on at once",
        arguments: CommitMoment.allCases, [true, false])
    func killed(at moment: CommitMoment, keepsFolder: Bool) async throws {
        let fixture = try await Fixture()
        let scene = try Scene(fixture)
        try await fixture.append(Self.values)
        _ = await onThreadsOfTheirOwn {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [scene = scene as Scene, moment = moment as CommitMoment] in
                try await scene.workAndDie(at: moment) { try await scene.work($0, until: 5) }
            }
        }
        // Five are done, and the sixth if the brokers had committed it.
        let seen = moment == .committed ? 6 : 5
        #expect(try await fixture.read(fixture.output) == Array(Self.values.prefix(seen)))

        let successor = try keepsFolder ? scene : scene.elsewhere(fixture.elsewhere())
        let session = try await successor.open(successor.makeLog())
        let wait = try await successor.work(session, until: Self.values.count)
        #expect(wait < Self.atOnce, "it waited \(wait)")
        await session.close()
        #expect(try await fixture.read(fixture.output) == Self.values)
    }

    @Test("what was committed after an abort is restored, though the cache has not seen it")
    func afterAbort() async throws {
        let fixture = try await Fixture()
        let scene = try Scene(fixture)
        try await fixture.append(Self.values)
        for (moment, total) in [(CommitMoment.written, 3), (.committed, 6), (.committed, 9)] {
            _ = await onThreadsOfTheirOwn {
                await #expect(processExitsWith: .signal(SIGKILL)) {
                    [scene = scene as Scene, moment = moment as CommitMoment, total = total as Int]
                    in
                    try await scene.workAndDie(at: moment) {
                        try await scene.work($0, until: total)
                    }
                }
            }
        }
        let session = try await scene.open(scene.makeLog())
        try await scene.work(session, until: Self.values.count)
        await session.close()
        #expect(try await fixture.read(fixture.output) == Self.values)
    }

    @Test("killed at random again and again, each record is answered once and in order")
    func killedAtRandom() async throws {
        let fixture = try await Fixture()
        let scene = try Scene(fixture)
        let values = (0..<400).map { "\($0)" }
        try await fixture.append(values)
        for round in 0..<5 {
            // In milliseconds; the work takes longer than all lives together.
            let life = 150 + round * 37
            _ = await onThreadsOfTheirOwn {
                await #expect(processExitsWith: .signal(SIGKILL)) {
                    [scene = scene as Scene, life = life as Int] in
                    try await scene.workAndDie(after: life)
                }
            }
        }
        let session = try await scene.open(scene.makeLog())
        try await scene.work(session, until: values.count)
        await session.close()
        #expect(try await fixture.read(fixture.output) == values)
    }

    @Test("a process whose transaction ran out of time while it was stopped opens anew")
    func transactionRanOut() async throws {
        let fixture = try await Fixture()
        let scene = try Scene(fixture)
        try await fixture.append(["a", "b"])
        async let stopped = onThreadsOfTheirOwn { [scene] in
            await #expect(processExitsWith: .success) { [scene = scene as Scene] in
                try await scene.outliveTransaction()
            }
        }
        do {
            let pid = try await scene.awaitStopped()
            // What the brokers do when the time is over (noida-db never does): they abort it and
            // fence its producer, but no successor joins the group.
            try await scene.fenceProducer()
            kill(pid, SIGCONT)
            _ = await stopped
        } catch {
            scene.killStopped()
            throw error
        }
        #expect(try await fixture.read(fixture.output) == ["a", "b"])
    }

    /// Who takes over from a stopped process, and where in a commit it stood.
    ///
    /// noida-db 0.2.3 waits for a silent member without end, so that only a process of the same
    /// slot can take over there.
    struct Stop: Codable, Sendable {
        var heir: String
        var moment: CommitMoment?
    }

    @Test(
        "a process stopped in mid-work cannot commit when it goes on, and says so",
        arguments: [
            Stop(heir: "0"), Stop(heir: "0", moment: .registered),
            Stop(heir: "0", moment: .written),
        ] + (TestBroker.isNamed ? [Stop(heir: "1")] : []))
    func stopped(stop: Stop) async throws {
        let fixture = try await Fixture()
        let scene = try Scene(fixture)
        try await fixture.append(["a", "b"])
        let heir = try scene.elsewhere(fixture.elsewhere(), slot: stop.heir)
        async let stopped = onThreadsOfTheirOwn {
            await #expect(processExitsWith: .success) {
                [scene = scene as Scene, moment = stop.moment as CommitMoment?] in
                try await scene.stopInMidWork(at: moment)
            }
        }
        do {
            let pid = try await scene.awaitStopped()
            let session = try await heir.open(heir.makeLog())
            try await heir.work(session, until: 2, within: .seconds(60))
            kill(pid, SIGCONT)
            _ = await stopped
            await session.close()
        } catch {
            // A child that nobody resumes would be waited for without end.
            scene.killStopped()
            throw error
        }
        #expect(try await fixture.read(fixture.output) == ["a", "b"])
    }
}

extension Scene {
    /// Has this process end in a minute, whatever happens.
    private func begin() { alarm(180) }

    /// Works for a while, then dies at a moment of the next commit.
    func workAndDie(
        at moment: CommitMoment, after work: (any EventLogSession) async throws -> Void
    ) async throws {
        begin()
        let executioner = Executioner(at: moment, signal: SIGKILL)
        let session = try await open(makeLog { executioner.watch($0) })
        try await work(session)
        executioner.arm()
        try await self.work(session, until: .max)
    }

    /// Works, and dies so many milliseconds after the first record.
    func workAndDie(after life: Int) async throws {
        begin()
        let session = try await open(makeLog())
        try await work(session, until: 1)
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(life)) {
            raise(SIGKILL)
        }
        try await work(session, until: .max)
    }

    private var pidFile: String { "\(folder)/pid" }

    /// Takes a record, stops this process, and when it is resumed finds that it is fenced; then
    /// opens anew and works on.
    func stopInMidWork(at moment: CommitMoment?) async throws {
        begin()
        let executioner = Executioner(at: moment ?? .registered, signal: SIGSTOP)
        let log = try makeLog { executioner.watch($0) }
        let session = try await open(log)
        let record = try await session.take(1)[0]
        try "\(getpid())".write(toFile: pidFile, atomically: true, encoding: .utf8)
        if moment == nil { raise(SIGSTOP) } else { executioner.arm() }
        do {
            try await answer(record, in: session)
        } catch let error as EventLogError {
            await session.close()
            switch error {
            case .fenced, .superseded, .indeterminate: leave(0)
            default: fail("got \(error)")
            }
        } catch {
            fail("got \(error)")
        }
        fail("could commit")
    }

    /// Aborts the slot's open transaction and fences its producer.
    func fenceProducer() async throws {
        let settings = KafkaSettings(
            bootstrapServers: servers, cacheFolder: folder, clock: { 0 })
        let id = KafkaSettings.identity(of: slot, in: group)
        try await BlockingQueue("fence").run { () throws(EventLogError) in
            _ = try TransactionWriter(settings, messageLimit: 1_000_000, id: id).start()
        }
    }

    /// Stops this process in mid-commit, and when it is resumed opens anew and works on.
    func outliveTransaction() async throws {
        begin()
        let executioner = Executioner(at: .written, signal: SIGSTOP)
        let log = try makeLog { executioner.watch($0) }
        let session = try await open(log)
        let record = try await session.take(1)[0]
        try "\(getpid())".write(toFile: pidFile, atomically: true, encoding: .utf8)
        executioner.arm()
        do {
            try await answer(record, in: session)
            fail("could commit")
        } catch EventLogError.indeterminate, EventLogError.fenced {
            await session.close()
        } catch {
            fail("got \(error)")
        }
        let again = try await open(log)
        try await work(again, until: 2)
        await again.close()
        leave(0)
    }

    /// Ends the child with words; its standard output is not shown.
    private func fail(_ words: String) -> Never {
        FileHandle.standardError.write(Data("the stopped process \(words)\n".utf8))
        leave(1)
    }

    /// Ends the child at once: `exit` would tear down under the feet of the library's threads.
    private func leave(_ code: Int32) -> Never { _exit(code) }

    private var stoppedPID: Int32? {
        // Not there yet, or half a line.
        (try? String(contentsOfFile: pidFile, encoding: .utf8)).flatMap { Int32($0) }
    }

    func killStopped() {
        if let pid = stoppedPID { kill(pid, SIGKILL) }
    }

    /// Waits until the child has stopped itself; gives its id.
    func awaitStopped() async throws -> Int32 {
        for _ in 0..<600 {
            if let pid = stoppedPID,
                // Third in the line, after the name: T stands for stopped (proc(5)).
                // Gone, if there is none.
                let line = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
                line.split(separator: ")").last?.hasPrefix(" T") == true
            {
                return pid
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw TestBrokerError(reason: "the child did not stop itself")
    }
}
