import Conversation
import EventLog
import Lifecycle
import OperationRecords
import Records

/// Does with the processes of this machine as is wished in the log, and answers there.
///
/// What was wished while `parley up` did not run is not done later: nobody waits for it any more.
struct ProcessOrders: Sendable {
    /// A wish is done within this time or not at all.
    private static let freshness = Duration.seconds(60)
    /// The wait after the log failed.
    private static let pause = Duration.seconds(1)
    /// Records read at once.
    private static let batch = 100

    /// Makes one more of a process of the pipeline file; `nil` where it can only be once.
    typealias Make = @Sendable (_ process: String, _ replica: Int, _ of: Int) -> PlannedProgram?

    let machine: String
    let supervisor: Supervisor
    let board: ProcessBoard
    let log: any EventLog
    let appender: any EventLogAppender
    let envelope: RecordEnvelope
    let make: Make

    /// Obeys until cancelled.
    func run() async throws {
        var next: [TopicPartition: ReadStart]?
        while !Task.isCancelled {
            do throws(EventLogError) {
                if next == nil { next = try await ends() }
                try await follow(&next)
            } catch {
                // Nothing is lost: it goes on where it was. Cancelled: the loop ends.
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    private func ends() async throws(EventLogError) -> [TopicPartition: ReadStart] {
        let name = Topic.operationsCommands.rawValue
        var ends: [TopicPartition: ReadStart] = [:]
        for topic in try await log.describeTopics() where topic.name == name {
            for (number, range) in topic.partitions.enumerated() {
                ends[TopicPartition(name, Int32(number))] = .offset(range.high)
            }
        }
        return ends
    }

    private func follow(_ next: inout [TopicPartition: ReadStart]?) async throws(EventLogError) {
        let reader = try await log.openReader(next ?? [:])
        do throws(EventLogError) {
            while !Task.isCancelled {
                let records = try await reader.poll(atMost: Self.batch, waiting: .seconds(1))
                for record in records { try await obey(record) }
                next = await reader.positions.mapValues { .offset($0) }
            }
        } catch {
            await reader.close()
            throw error
        }
        await reader.close()
    }

    private func obey(_ consumed: ConsumedRecord) async throws(EventLogError) {
        // What cannot be read is no wish of this version's.
        guard let (_, value) = try? envelope.decode(consumed.record),
            case .payload(let command as ProcessCommand) = value, command.machine == machine
        else { return }
        let now = ProcessContext.now()
        var answer = ProcessEvent(
            machine: machine, reference: command.reference, outcome: .late, processes: [], at: now)
        if now < command.at + Self.freshness {
            (answer.outcome, answer.processes) = apply(command.action)
        }
        let id = RecordID.derived(from: RecordID(command.reference), by: "done")
        // An answer that could not be made is none: who asked is told that they do not know.
        guard
            let record = try? envelope.record(
                answer,
                headers: RecordHeaders(
                    id: id, type: ProcessEvent.type, source: "supervisor", time: now,
                    subject: machine, correlation: id, causation: id, tenant: .installation))
        else { return }
        try await appender.append([record])
    }

    private func apply(
        _ action: ProcessCommand.Action
    ) -> (ProcessEvent.Outcome, [String]) {
        switch action {
        case .start(let name): order(.start, name)
        case .stop(let name):
            // Whoever stops the console could not start it again.
            name.hasPrefix(StageName.console.rawValue) ? (.single, []) : order(.stop, name)
        case .restart(let name): order(.restart, name)
        case .scale(let process, let replicas): scale(process, to: replicas)
        }
    }

    private func order(
        _ order: Supervisor.Order, _ name: String
    ) -> (ProcessEvent.Outcome, [String]) {
        guard board.entries.contains(where: { $0.report.name == name }) else {
            return (.unknown, [])
        }
        return supervisor.order(order, name) ? (.done, [name]) : (.already, [name])
    }

    private func scale(_ process: String, to count: Int) -> (ProcessEvent.Outcome, [String]) {
        let entries = board.entries.filter { $0.plan.process == process }
        guard !entries.isEmpty else { return (.unknown, []) }
        guard entries.count != count else { return (.already, entries.map(\.report.name)) }
        let wanted = (0..<count).compactMap { make(process, $0, count) }
        guard wanted.count == count else { return (.single, []) }
        var touched: [String] = []
        for plan in wanted {
            let name = plan.program.name
            if let known = entries.first(where: { $0.report.name == name }) {
                // Some are told how many share their work: they begin again with that.
                guard known.plan.program.arguments != plan.program.arguments else { continue }
                board.replace(plan)
                if supervisor.replace(plan.program) { touched.append(name) }
            } else {
                board.add(plan)
                if supervisor.add(plan.program) { touched.append(name) }
            }
        }
        let names = Set(wanted.map(\.program.name))
        for entry in entries where !names.contains(entry.report.name) {
            if supervisor.remove(entry.report.name) { touched.append(entry.report.name) }
            board.remove(entry.report.name)
        }
        return (.done, touched)
    }
}
