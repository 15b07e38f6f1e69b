import Blobs
import Conversation
import DocumentText
import KnowledgeSearch
import LanguageModel
import MediaStage
import StageRuntime
import Telemetry

/// Reads what is said in sounds, where there is a transcription server, and what is written in
/// documents.
struct MediaReader: Sendable {
    /// A server has this long for a voice note: the bot does not wait longer.
    private static let transcriptionTime = Duration.seconds(20)
    /// Documents beyond this are for people.
    private static let documentBytes = ExtractionLimits.mostFileBytes

    private let blobs: any BlobStore
    private let extractor: DocumentTextExtractor
    private let transcriptions: Transcriptions?
    private let logger: Logger

    init(_ process: ProcessContext) {
        blobs = process.blobs
        extractor = DocumentTextExtractor(scratch: process.scratchFolder)
        logger = process.logger
        transcriptions = process.models.transcription.map { server in
            Transcriptions(
                LanguageModelEndpoint(baseURL: server.url, key: server.key), model: server.model,
                over: process.http)
        }
    }

    /// The words of a medium; `nil` where nobody here can read them.
    func words(of request: ReadRequest) async throws(CallFailure) -> String? {
        switch request.medium.words {
        case .spoken: try await spoken(request)
        case .written: try await written(request)
        case nil: nil
        }
    }

    private func bytes(_ request: ReadRequest) async throws(CallFailure) -> [UInt8] {
        do throws(BlobError) {
            return try await blobs.get(request.blob.sha256, of: request.medium.tenant, on: .media)
        } catch {
            throw error.callFailure
        }
    }

    private func spoken(_ request: ReadRequest) async throws(CallFailure) -> String? {
        guard let transcriptions, request.blob.mediaType.hasPrefix("audio/"),
            request.blob.size <= Transcriptions.mostBytes
        else { return nil }
        let bytes = try await bytes(request)
        do throws(LanguageModelError) {
            let text = try await transcriptions.transcribe(
                bytes, mediaType: request.blob.mediaType,
                filename: "voice.\(Self.ending(of: request.blob.mediaType))",
                timeout: Self.transcriptionTime)
            return text.trimmingSpaces.isEmpty ? nil : text
        } catch {
            logger.warning(
                "a voice note was not written down",
                [.tenant: .identifier(request.medium.tenant), .error: .error(error)])
            throw error.callFailure
        }
    }

    private func written(_ request: ReadRequest) async throws(CallFailure) -> String? {
        guard request.blob.size <= Self.documentBytes else { return nil }
        let bytes = try await bytes(request)
        do throws(DocumentTextError) {
            let name = "document.\(Self.ending(of: request.blob.mediaType))"
            let document = try await extractor.extract(name: name, bytes: bytes)
            let text = document.sections.map { section in
                (section.headings + [section.text]).joined(separator: "\n")
            }.joined(separator: "\n\n")
            return text.trimmingSpaces.isEmpty ? nil : text
        } catch {
            // What is no text, is damaged or needs a program that is missing is for people.
            guard error.isTransient else { return nil }
            throw .transient(reason: error.description, retryAfterMilliseconds: nil)
        }
    }

    /// The usual ending of a file of a type: servers and readers go by it.
    private static func ending(of mediaType: String) -> String {
        let endings = [
            "audio/ogg": "ogg", "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/wav": "wav",
            "audio/aac": "aac", "audio/amr": "amr", "application/pdf": "pdf",
            "text/plain": "txt", "text/html": "html",
        ]
        if let ending = endings[mediaType] { return ending }
        if mediaType.hasSuffix("wordprocessingml.document") { return "docx" }
        return mediaType.hasSuffix("spreadsheetml.sheet") ? "xlsx" : "bin"
    }
}
