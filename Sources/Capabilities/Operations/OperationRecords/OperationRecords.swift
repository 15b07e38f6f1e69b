package import Conversation

/// The record types of the operation of the installation.
package enum OperationRecords {
    /// All of them: the program joins this list with those of its other modules.
    package static let types: [any Payload.Type] = [
        MachineReport.self, ProcessCommand.self, ProcessEvent.self,
    ]
}

extension Topic {
    /// How each machine is: its newest report.
    package static let operationsMachines = Topic("operations.machines", kept: .newestOfKey)
}
