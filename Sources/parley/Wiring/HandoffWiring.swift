import HandoffStage
import StageRuntime

/// Wires the handoff stage, which asks nothing of the world.
func handoffRunner(_ process: ProcessContext) -> StageRunner<HandoffStage> {
    process.runner(process.designs.handoff(), perform: HandoffEdge.perform)
}

/// The handoff stage's edge: no call can ever come.
private enum HandoffEdge {
    @Sendable static func perform(
        _ call: Never, _ context: StageContext
    ) async throws(CallFailure) -> Never {}
}
