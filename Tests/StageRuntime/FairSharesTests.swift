import AuditRecords
import Conversation
import PipelineTesting
import Synchronization
import Testing

@testable import StageRuntime

/// Whose call is next where all are not begun at once.
@Suite struct FairSharesTests {
    private static func call(_ token: Int, of tenant: TenantID, step: Int = 0) -> CallQueue.Entry {
        let timer = FiredTimer(
            id: RecordID("\(token)"), name: "n", due: Timestamp(milliseconds: 0), note: "",
            correlation: "c", tenant: tenant)
        let context = StageContext(
            stage: "probe", input: .timer(timer), key: "k", now: Timestamp(milliseconds: 0),
            step: step)
        return CallQueue.Entry(
            call: StartedCall(token: token, call: ErasedValue("ask"), context: context), attempt: 1)
    }

    /// Begins as many calls as asked for.
    private static func begin(_ count: Int, from queue: inout CallQueue) -> [CallQueue.Entry] {
        (0..<count).compactMap { _ in queue.begin() }
    }

    @Test("who has waited for nothing yet is next, however many another has queued before")
    func newcomer() {
        var queue = CallQueue()
        for token in 1...48 { queue.append(Self.call(token, of: "a")) }
        let running = Self.begin(2, from: &queue)
        #expect(running.map(\.call.token) == [1, 2])
        queue.append(Self.call(49, of: "b"))
        queue.ended("a")
        #expect(queue.begin()?.call.token == 49)
        // Both have one under way; now a's turn is longer ago.
        queue.ended("b")
        #expect(queue.begin()?.call.token == 3)
    }

    @Test("tenants get the same number of turns, each its own in order")
    func equalShares() {
        var queue = CallQueue()
        for token in 1...30 { queue.append(Self.call(token, of: "a")) }
        for token in 31...40 { queue.append(Self.call(token, of: "b")) }
        for token in 41...50 { queue.append(Self.call(token, of: "c")) }
        var order: [CallQueue.Entry] = []
        while let entry = queue.begin() {
            order.append(entry)
            queue.ended(entry.tenant)
        }
        #expect(order.count == 50)
        for tenant in ["a", "b", "c"] as [TenantID] {
            let own = order.filter { $0.tenant == tenant }.map(\.call.token)
            #expect(own == own.sorted())
            #expect(order.prefix(30).count { $0.tenant == tenant } == 10)
        }
    }

    @Test("what was begun goes on before more is begun")
    func goingOn() {
        var queue = CallQueue()
        for token in 1...3 { queue.append(Self.call(token, of: "a")) }
        #expect(queue.begin()?.call.token == 1)
        queue.ended("a")
        queue.append(Self.call(4, of: "a", step: 1))
        #expect(Self.begin(3, from: &queue).map(\.call.token) == [4, 2, 3])
        #expect(queue.isEmpty && queue.running == 3)
    }

    @Test("a call that may not begin yet holds up neither its tenant nor others")
    func passedOver() {
        var queue = CallQueue()
        for token in 1...2 { queue.append(Self.call(token, of: "a")) }
        queue.append(Self.call(3, of: "b"))
        #expect(queue.begin { $0.token > 1 }?.call.token == 2)
        #expect(queue.begin { $0.token > 1 }?.call.token == 3)
        #expect(queue.begin { $0.token > 1 } == nil)
        #expect(queue.begin()?.call.token == 1)
    }

    @Test("with two calls at once and 48 before it, another tenant's is begun next")
    func runningStage() async throws {
        let probe = try await Probe()
        for number in 0..<48 { try await probe.send("ask me", to: "a\(number)", of: "a") }
        let calls = HeldCalls()
        let runner = probe.runner(settings: RunnerSettings(calls: 2)) { call, context in
            await calls.hold(context.key)
            return call
        }
        try await running(runner) {
            try await eventually("two calls are begun") { calls.begun == ["a0", "a1"] }
            // The command that is answered at once comes after b's, so b's is in hand then.
            try await probe.send("ask me", to: "b", of: "b")
            try await probe.send("seen", to: "c", of: "b")
            try await probe.expect(["c: seen"])
            calls.release("a0")
            try await eventually("a third call is begun") { calls.begun.count == 3 }
            #expect(calls.begun.last == "b")
            calls.releaseAll()
            _ = try await probe.records(.audit, count: 50)
        }
    }
}

/// Calls that end when the test says so.
private final class HeldCalls: Sendable {
    private struct State {
        var begun: [String] = []
        var held: [String: CheckedContinuation<Void, Never>] = [:]
        var isOpen = false
    }
    private let state = Mutex(State())

    /// The keys whose calls have begun, in order.
    var begun: [String] { state.withLock { $0.begun } }

    func hold(_ key: String) async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                state.begun.append(key)
                if !state.isOpen { state.held[key] = continuation }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func release(_ key: String) {
        state.withLock { $0.held.removeValue(forKey: key) }?.resume()
    }

    func releaseAll() {
        let held = state.withLock { state in
            state.isOpen = true
            defer { state.held = [:] }
            return state.held
        }
        for continuation in held.values { continuation.resume() }
    }
}
