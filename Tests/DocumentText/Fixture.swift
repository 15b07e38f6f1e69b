import Confinement
import FoundationEssentials
import Testing

@testable import DocumentText

/// Files beside the tests, made by `Fixtures/make.py`.
func fixture(_ name: String) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    return Array(try Data(contentsOf: folder.appending(path: "Fixtures/\(name)")))
}

/// Extracts and returns the error, which must come.
func failure(
    _ name: String, _ bytes: [UInt8], limits: ExtractionLimits = ExtractionLimits(),
    tools: DocumentTools = DocumentTools()
) async -> DocumentTextError? {
    do throws(DocumentTextError) {
        let extractor = DocumentTextExtractor(limits: limits, tools: tools)
        let document = try await extractor.extract(name: name, bytes: bytes)
        Issue.record("text came out: \(document)")
        return nil
    } catch {
        return error
    }
}
