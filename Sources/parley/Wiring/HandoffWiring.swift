import Conversation
import HandoffStage
import StageRuntime
import TenantDirectory

/// Wires the handoff stage, which asks nothing of the world.
func handoffRunner(_ process: ProcessContext) -> StageRunner<HandoffStage> {
    let tenants = process.tenants
    let stage = process.designs.handoff { tenant in
        tenants.tenant(tenant)?.settings.handoffServiceLevelSeconds
    }
    return process.runner(stage, perform: HandoffEdge.perform)
}

/// The handoff stage's edge: no call can ever come.
private enum HandoffEdge {
    @Sendable static func perform(
        _ call: Never, _ context: StageContext
    ) async throws(CallFailure) -> Never {}
}
