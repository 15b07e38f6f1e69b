import AccountCommands
package import AuditEndpoints
import AuditRecords
package import Conversation
package import Endpoints
import HTTPServer
package import JSON
package import OperationRecords
import Synchronization

/// What machines answered to wishes, for as long as somebody may wait.
package final class ProcessAnswers: Sendable {
    /// Answers that are remembered.
    private static let most = 500

    private struct State {
        var events: [String: ProcessEvent] = [:]
        var order: [String] = []
    }

    private let state = Mutex(State())

    /// Knows of none.
    package init() {}

    /// Takes one.
    package func put(_ event: ProcessEvent) {
        state.withLock { state in
            if state.events.updateValue(event, forKey: event.reference) == nil {
                state.order.append(event.reference)
            }
            if state.order.count > Self.most {
                state.events[state.order.removeFirst()] = nil
            }
        }
    }

    /// The answer to a wish, if it is there.
    func answer(to reference: String) -> ProcessEvent? {
        state.withLock { $0.events[reference] }
    }
}

/// The processes of machines, over HTTP: wishes, and what they write.
package struct ProcessEndpoints: Sendable {
    /// How long a machine may take to answer.
    private static let wait = Duration.seconds(15)
    /// Between two looks for its answer.
    private static let pause = Duration.milliseconds(25)

    /// What processes are shown and changed by.
    package struct Means: Sendable {
        /// The machines.
        package var machines: MachineTable
        /// What they answered.
        package var answers: ProcessAnswers
        /// Writes wishes, and who had them.
        package var writer: AuditWriter
        /// The end of what a process of this machine wrote, or what it wrote since an offset;
        /// `nil` where that is not kept here.
        package var log: @Sendable (_ process: String, _ after: Int?, _ lines: Int) -> ProcessLog?
        /// Which machine this is.
        package var here: String
        /// The time.
        package var now: @Sendable () -> Timestamp

        /// Names them all.
        package init(
            machines: MachineTable, answers: ProcessAnswers, writer: AuditWriter,
            log: @escaping @Sendable (String, Int?, Int) -> ProcessLog?, here: String,
            now: @escaping @Sendable () -> Timestamp
        ) {
            self.machines = machines
            self.answers = answers
            self.writer = writer
            self.log = log
            self.here = here
            self.now = now
        }
    }

    private let means: Means

    /// Answers by these means.
    package init(_ means: Means) { self.means = means }

    /// The endpoints.
    package var endpoints: [Endpoint] { [order, scale, lines] }

    private static let base = OperationEndpoints.base + "/machines/{machine}"

    private var order: Endpoint {
        .installation(
            .at(
                .post, Self.base + "/orders", "processes.order",
                "Starts, stops or restarts a process of a machine."),
            may: .manageDeployments,
            .init(
                takes: OneMachine.self, body: JSONBody<ProcessOrder>.self,
                gives: Reply<ProcessOutcome>.self,
                problems: [.noMachine, .noProcess, .orderRefused, .notStored, .notVisible],
                repeating: .once)
        ) { call in
            let wish = call.body.value
            let action: ProcessCommand.Action =
                switch wish.order {
                case .start: .start(wish.process)
                case .stop: .stop(wish.process)
                case .restart: .restart(wish.process)
                }
            return Reply(
                try await ask(
                    action, "process.\(wish.order.rawValue)", wish.process,
                    of: call.parameters.machine, for: Asker(call, in: .installation)))
        }
    }

    private var scale: Endpoint {
        .installation(
            .at(
                .post, Self.base + "/scales", "processes.scale",
                "Runs so many processes of a kind on a machine, until `parley up` begins anew."),
            may: .manageDeployments,
            .init(
                takes: OneMachine.self, body: JSONBody<ProcessScale>.self,
                gives: Reply<ProcessOutcome>.self,
                problems: [.noMachine, .noProcess, .orderRefused, .notStored, .notVisible],
                repeating: .once)
        ) { call in
            let wish = call.body.value
            let machine = try machine(call.parameters.machine)
            let now = machine.processes.filter { $0.process == wish.process }.count
            return Reply(
                try await ask(
                    .scale(wish.process, replicas: wish.replicas), "process.scale", wish.process,
                    of: call.parameters.machine, for: Asker(call, in: .installation),
                    changes: [AuditChange("replicas", "\(now)", "\(wish.replicas)")]))
        }
    }

    private var lines: Endpoint {
        .installation(
            .at(
                .get, Self.base + "/logs/{process}", "processes.log",
                "Shows the last lines that a process wrote, or those since an earlier look."),
            may: .readStatus,
            .init(
                takes: LogParameters.self, gives: Reply<ProcessLog>.self,
                problems: [.noMachine, .noProcess, .noProcessLog])
        ) { call in
            let wanted = call.parameters
            let machine = try machine(wanted.machine)
            // Only what is listed is a file's name.
            guard machine.processes.contains(where: { $0.name == wanted.process }) else {
                throw Self.unknown(wanted.process)
            }
            guard machine.machine == means.here else {
                throw Problem(
                    .noProcessLog,
                    "what it writes stays on its machine, \(machine.host): read it there")
            }
            guard
                let found = means.log(
                    wanted.process, wanted.after, wanted.lines ?? LogParameters.usual)
            else {
                throw Problem(
                    .noProcessLog,
                    "it writes no file: `parley up` runs with --verbose, or it has not begun yet")
            }
            return Reply(found)
        }
    }

    // MARK: Asking a machine

    private static func unknown(_ process: String) -> Problem {
        Problem(.noProcess, "there is no process \(process) on this machine")
    }

    private func machine(_ name: String) throws(Problem) -> MachineReport {
        guard let found = means.machines.machines.first(where: { $0.machine == name }) else {
            throw Problem(.noMachine, "no machine of this name has reported")
        }
        return found
    }

    private func ask(
        _ action: ProcessCommand.Action, _ act: String, _ process: String, of name: String,
        for asker: Asker, changes: [AuditChange] = []
    ) async throws(Problem) -> ProcessOutcome {
        let machine = try machine(name)
        guard machine.processes.contains(where: { $0.name == process || $0.process == process })
        else { throw Self.unknown(process) }
        // What is refused for sure is not written down as if it were done.
        try Self.check(action)
        // The name of a request is whatever its sender likes: a hash of it is no secret.
        let reference = asker.name(of: "process/\(name)")
        try await means.writer.write(
            act, on: AuditTarget("process", process, name: "\(process) on \(machine.host)"),
            in: .installation, for: asker, changes: changes,
            doing: ProcessCommand(
                machine: name, action: action, reference: reference, at: means.now()))
        let clock = ContinuousClock()
        let deadline = clock.now + Self.wait
        while clock.now < deadline, !Task.isCancelled {
            if let answer = means.answers.answer(to: reference) { return try Self.outcome(answer) }
            // Cancelled: the loop ends.
            try? await Task.sleep(for: Self.pause)
        }
        throw Problem(
            .notVisible,
            "the wish is stored, but \(machine.host) has not answered; what it has not done within "
                + "a minute it does not do any more")
    }

    /// The console's process, and those of it.
    private static let console = "console"

    private static func check(_ action: ProcessCommand.Action) throws(Problem) {
        switch action {
        case .stop(let name) where name.hasPrefix(console): throw single
        case .scale(console, let replicas) where replicas > 1: throw single
        case .start, .stop, .restart, .scale: return
        }
    }

    private static var single: Problem {
        Problem(
            .orderRefused,
            "there is one of it, which cannot be stopped from here, nor be more than one")
    }

    private static func outcome(_ event: ProcessEvent) throws(Problem) -> ProcessOutcome {
        switch event.outcome {
        case .done: return ProcessOutcome(processes: event.processes)
        case .unknown: throw Problem(.noProcess, "there is no such process there any more")
        case .already: throw Problem(.orderRefused, "it stands so already")
        case .single: throw single
        case .late:
            throw Problem(.orderRefused, "the machine heard of it too late; nothing was done")
        }
    }
}

extension Problem.Kind {
    static let noMachine = Self(404, "no_machine")
    static let noProcess = Self(404, "no_process")
    static let noProcessLog = Self(404, "no_process_log")
    static let orderRefused = Self(409, "order_refused")
}

// MARK: - Forms

/// Which machine is meant.
struct OneMachine: Described, Decodable, Hashable {
    var machine: String

    static let field = JSONSchema.Field.required("machine", .id("The machine."))
    static let schema = JSONSchema.object([field])
}

/// What a process is to do.
struct ProcessOrder: Described, Decodable, Hashable {
    enum Order: String, Decodable, Hashable, CaseIterable {
        case start, stop, restart
    }

    var process: String
    var order: Order

    static let schema = JSONSchema.object(
        [
            .required("process", .text("Its name, such as sender-0.", 1...80)),
            .required("order", .words(Order.allCases.map(\.rawValue), "What it is to do.")),
        ], named: "ProcessOrder")
}

/// How many of a process there are to be.
struct ProcessScale: Described, Decodable, Hashable {
    var process: String
    var replicas: Int

    static let schema = JSONSchema.object(
        [
            .required(
                "process", .text("The process of the pipeline file, such as sender.", 1...80)),
            .required("replicas", .integer("How many.", 1...8)),
        ], named: "ProcessScale")
}

/// Which processes a wish concerned.
struct ProcessOutcome: Described, Codable, Hashable {
    var processes: [String]

    static let schema = JSONSchema.object(
        [.required("processes", .list(.text(), "Those that begin, end or begin again."))],
        named: "ProcessOutcome")
}

/// Which lines of which process are wanted.
struct LogParameters: Described, Decodable, Hashable {
    var machine: String
    var process: String
    var lines: Int?
    var after: Int?

    static let usual = 200
    static let schema = JSONSchema.object([
        OneMachine.field, .required("process", .id("The process, such as sender-0.")),
        .optional("lines", .integer("Lines at most.", 1...1_000, standard: usual)),
        .optional("after", .integer("What an earlier look gave as next.", 0...Int.max)),
    ])
}

/// Lines that a process wrote.
package struct ProcessLog: Described, Codable, Hashable {
    /// The lines, oldest first.
    package var lines: [String]
    /// What to ask for what comes after.
    package var next: Int
    /// Whether lines before these were left out.
    package var isCut: Bool

    /// Names them.
    package init(lines: [String], next: Int, isCut: Bool) {
        self.lines = lines
        self.next = next
        self.isCut = isCut
    }

    package static let schema = JSONSchema.object(
        [
            .required("lines", .list(.text(), "The lines, oldest first.")),
            .required("next", .count("What to ask for what comes after.")),
            .required("isCut", .boolean("Whether lines before these were left out.")),
        ], named: "ProcessLog")
}
