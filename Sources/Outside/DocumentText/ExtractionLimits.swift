import Confinement

/// What one extraction may use; each default suits a handbook of a thousand pages.
package struct ExtractionLimits: Sendable, Equatable {
    /// The largest file, in bytes: the same everywhere that one is taken.
    package static let mostFileBytes = 32 << 20

    /// The largest file, in bytes: well above what offices send around, and it is held in memory.
    package var fileBytes = mostFileBytes
    /// Wall-clock time of one tool: a person waits for the upload's result.
    package var wallTime = Duration.seconds(60)
    /// Processor time of one tool, in whole seconds (`RLIMIT_CPU`).
    package var processorSeconds = 40
    /// Address space of one tool, in bytes (`RLIMIT_AS`); a Python tool starts at about 30 MiB.
    package var memoryBytes = 768 << 20
    /// The most that a tool may print, in bytes; the XML of a text is some ten times its size.
    package var toolOutputBytes = 64 << 20
    /// The most pages of a document that are read from pictures: each takes some two seconds of a
    /// processor.
    package var recognisedPages = 200
    /// The most text that a document may hold, in bytes: some 3,000 printed pages.
    package var textBytes = 8 << 20
    /// The most that a zip file's entries may declare together when unpacked, in bytes.
    package var unpackedBytes = 128 << 20
    /// The highest compression of a zip file; office XML reaches 20 to 50, a bomb 1,000.
    package var compressionRatio = 150
    /// The size below which the compression does not matter, in bytes.
    package var harmlessUnpackedBytes = 4 << 20

    /// The default limits.
    package init() {}

    /// What of them one tool is held to; none needs a file larger than the unpacked text.
    var tool: ToolLimits {
        ToolLimits(
            wallTime: wallTime, processorSeconds: processorSeconds, memoryBytes: memoryBytes,
            fileBytes: unpackedBytes, outputBytes: toolOutputBytes)
    }

    /// What the reading of one page's picture is held to.
    var page: ToolLimits {
        ToolLimits(
            wallTime: wallTime, processorSeconds: processorSeconds, memoryBytes: memoryBytes * 2,
            fileBytes: unpackedBytes, outputBytes: toolOutputBytes)
    }
}
