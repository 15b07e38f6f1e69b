import Conversation
import Endpoints
import JSON
import OperationRecords
import OperationReporting

/// The pipeline as it is now.
struct PipelinePicture: Described, Codable, Hashable {
    /// The log.
    struct LogState: Codable, Hashable, Sendable {
        /// `sqlite` or `kafka`.
        var kind: String
        /// When it answered last.
        var at: Timestamp?
        /// Why it does not answer now.
        var problem: String?
    }

    /// A stage, in all its processes together.
    struct Stage: Codable, Hashable, Sendable {
        /// A time of the last half an hour.
        struct Moment: Codable, Hashable, Sendable {
            /// When.
            var at: Timestamp
            /// Records each second.
            var perSecond: Double
            /// Records that waited.
            var lag: Int
        }

        /// Its name.
        var name: String
        /// The process of the pipeline file that it runs in.
        var process: String
        /// The topics that it reads.
        var inputs: [String]
        /// Processes that are ready.
        var ready: Int
        /// Processes that there are.
        var processes: Int
        /// What it did lately; percentiles are those of its slowest process.
        var figures: StageFigures
        /// Seconds that the oldest waiting record has waited.
        var oldestSeconds: Double?
        /// Dead letters of it about which nothing was done; `nil` while the log does not answer.
        var deadLetters: Int?
        /// The last half an hour, oldest first.
        var history: [Moment]
    }

    /// A machine's report, and whether it is old.
    struct Machine: Codable, Hashable, Sendable {
        /// What it told last.
        var report: MachineReport
        /// Whether it should have told more by now.
        var isSilent: Bool
    }

    /// When it was made.
    var at: Timestamp
    /// The log.
    var log: LogState
    /// What is wrong, the worst first.
    var findings: [PipelineFinding]
    /// The stages, in the order of the pipeline.
    var stages: [Stage]
    /// Records that each topic got lately, each second.
    var rates: [String: Double]
    /// The machines.
    var machines: [Machine]
}

// MARK: - What they look like

extension PipelinePicture {
    static let schema = JSONSchema.object(
        [
            .required("at", .time("When it was made.")),
            .required("log", log),
            .required("findings", .list(finding, "What is wrong, the worst first.")),
            .required("stages", .list(stage, "The stages, in the order of the pipeline.")),
            .required(
                "rates",
                JSONSchema(.map(.number()), "Records that each topic got lately, each second.")),
            .required("machines", .list(machine, "The machines.")),
        ], named: "PipelinePicture")

    private static let log = JSONSchema.object([
        .required("kind", .words(["sqlite", "kafka"], "What it is.")),
        .optional("at", .time("When it answered last.")),
        .optional("problem", .text("Why it does not answer now.")),
    ])

    private static let finding = JSONSchema.object(
        [
            .required(
                "kind", .words(PipelineFinding.Kind.allCases.map(\.rawValue), "What is wrong.")),
            .required(
                "level",
                .words(PipelineFinding.Level.allCases.map(\.rawValue), "How much it matters.")),
            .optional("stage", .text("The stage that it is about.")),
            .optional("process", .text("The process that it is about.")),
            .optional("machine", .text("The machine that it is about.")),
            .optional("host", .text("That machine's host.")),
            .optional("tenant", .text("The business that it is about.")),
            .optional("count", .count("How many.")),
            .optional("seconds", .number("How long, in seconds.")),
            .optional("percent", .integer("A part of a hundred.", 0...100)),
            .optional("detail", .text("What a system or WhatsApp said.")),
            .optional("remedy", .text("What can be done.")),
        ], named: "PipelineFinding")

    private static let percentiles = JSONSchema.object(
        [
            .required("p50", .number("Half took no longer, in seconds.")),
            .required("p95", .number("95 of a hundred took no longer.")),
            .required("p99", .number("99 of a hundred took no longer.")),
        ], named: "Percentiles")

    private static let figures = JSONSchema.object(
        [
            .required("stage", .text("The stage.")),
            .required("perSecond", .number("Records and timers decided, each second.")),
            .required("dead", .count("Dead letters of the last seconds.")),
            .required("retries", .count("Failed calls of the last seconds.")),
            .required("inFlight", .count("Records in hand.")),
            .required("calls", .count("Calls under way.")),
            .optional("lag", .count("Records that wait, at most.")),
            .required("restoring", .count("Places that are to be read before it is ready.")),
            .optional("latency", percentiles),
            .optional("call", percentiles),
        ], named: "StageFigures")

    private static let stage = JSONSchema.object(
        [
            .required("name", .text("Its name.")),
            .required("process", .text("The process of the pipeline file that it runs in.")),
            .required("inputs", .list(.text(), "The topics that it reads.")),
            .required("ready", .count("Processes that are ready.")),
            .required("processes", .count("Processes that there are.")),
            .required("figures", figures),
            .optional("oldestSeconds", .number("How long the oldest waiting record has waited.")),
            .optional("deadLetters", .count("Its dead letters that are open.")),
            .required(
                "history",
                .list(
                    .object([
                        .required("at", .time("When.")),
                        .required("perSecond", .number("Records each second.")),
                        .required("lag", .count("Records that waited.")),
                    ]), "The last half an hour, oldest first.")),
        ], named: "PipelineStage")

    private static let model = JSONSchema.object(
        [
            .required("kind", .text("What it is for: chat, embedding, transcription, rerank.")),
            .required("server", .text("Its URL.")),
            .required("isAvailable", .boolean("Whether it is asked.")),
            .optional("failure", .text("What was wrong when a call last failed.")),
            .optional("failedAt", .time("When that was.")),
        ], named: "ModelServer")

    private static let process = JSONSchema.object(
        [
            .required("name", .text("Its name on its machine.")),
            .optional("process", .text("The process of the pipeline file that it is one of.")),
            .required(
                "state", .words(ProcessReport.State.allCases.map(\.rawValue), "Where it stands.")),
            .required("since", .time("Since when.")),
            .optional("pid", .count("Its number for the system.")),
            .required("restarts", .count("How often it was started again.")),
            .optional("lastEnd", .text("How it ended the last time.")),
            .optional("memory", .count("Bytes of memory.")),
            .optional("processorShare", .number("Processors that it used lately.")),
            .required("stages", .list(figures, "What its stages do.")),
            .optional("unaccounted", .count("Messages that no topic accounts for.")),
            .optional("models", .list(model, "The model servers that it asks.")),
        ], named: "ProcessReport")

    private static let machine = JSONSchema.object([
        .required(
            "report",
            .object(
                [
                    .required("machine", .text("Its name here.")),
                    .required("host", .text("The host's name.")),
                    .required("startedAt", .time("Since when `parley up` runs.")),
                    .required("at", .time("When it told this.")),
                    .required("everySeconds", .count("Seconds between two reports.")),
                    .required("isStopping", .boolean("Whether `parley up` ended with this.")),
                    .required("processors", .count("Its processors.")),
                    .optional("load", .number("Programs that wanted a processor.")),
                    .optional("memoryFree", .count("Bytes of memory that are free.")),
                    .optional("memoryTotal", .count("Bytes of memory.")),
                    .optional("diskFree", .count("Bytes of the disk that are free.")),
                    .optional("diskTotal", .count("Bytes of the disk.")),
                    .required("processes", .list(process, "Its processes.")),
                ], named: "MachineReport")),
        .required("isSilent", .boolean("Whether it should have told more by now.")),
    ])
}
