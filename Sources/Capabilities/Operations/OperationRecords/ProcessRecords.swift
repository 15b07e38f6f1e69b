package import Conversation

/// What is wished of the processes on a machine: its `parley up` obeys, and answers by one
/// ``ProcessEvent`` with the same reference.
package struct ProcessCommand: Payload {
    package static let type = "parley.operations.command"
    package static let topic = Topic.operationsCommands
    package static let personal: [FieldPath] = []

    /// One wish.
    package enum Action: Hashable, Sendable, Codable {
        /// To start a process that was stopped.
        case start(String)
        /// To stop a process, until somebody starts it or `parley up` begins anew.
        case stop(String)
        /// To end a process gracefully and start it again.
        case restart(String)
        /// To run so many of a process of the pipeline file, until `parley up` begins anew.
        case scale(String, replicas: Int)
    }

    /// The machine.
    package var machine: String
    /// The wish.
    package var action: Action
    /// A hash of the request's name, which the answer bears.
    package var reference: String
    /// When.
    package var at: Timestamp

    /// The machine.
    package var key: String { machine }
    /// The whole installation's.
    package var tenant: TenantID { .installation }

    /// Describes a wish.
    package init(machine: String, action: Action, reference: String, at: Timestamp) {
        self.machine = machine
        self.action = action
        self.reference = reference
        self.at = at
    }
}

/// What a machine's `parley up` did about a wish.
package struct ProcessEvent: Payload {
    package static let type = "parley.operations.event"
    package static let topic = Topic.operationsEvents
    package static let personal: [FieldPath] = []

    /// What became of it.
    package enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        /// It is done, or under way: reports tell how it goes.
        case done
        /// There is no such process.
        case unknown
        /// It stands so already.
        case already
        /// It is the only one of its kind: the console, or what is none of the pipeline's.
        case single
        /// The wish is so old that nobody waits for it any more.
        case late
    }

    /// The machine.
    package var machine: String
    /// The wish that this answers.
    package var reference: String
    /// What became of it.
    package var outcome: Outcome
    /// The processes that it concerned.
    package var processes: [String]
    /// When.
    package var at: Timestamp

    /// The machine.
    package var key: String { machine }
    /// The whole installation's.
    package var tenant: TenantID { .installation }

    /// Describes what was done.
    package init(
        machine: String, reference: String, outcome: Outcome, processes: [String], at: Timestamp
    ) {
        self.machine = machine
        self.reference = reference
        self.outcome = outcome
        self.processes = processes
        self.at = at
    }
}

extension Topic {
    /// What is wished of processes.
    package static let operationsCommands = Topic("operations.commands", kept: .pipeline)
    /// What was done about that.
    package static let operationsEvents = Topic("operations.events", kept: .pipeline)
}
