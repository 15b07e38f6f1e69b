import HandoffStage
import StageRuntime

/// Wires the handoff stage, which asks nothing of the world.
func handoffRunner(_ process: ProcessContext) -> StageRunner<HandoffStage> {
    process.runner(process.designs.handoff(), perform: NoCalls.perform)
}
