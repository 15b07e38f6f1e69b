import Blobs
import Conversation
import EventLog
import FoundationEssentials
import Records
import Synchronization
import Telemetry
import WhatsAppCloudAPI

/// The files that WhatsApp was given to send: followed in their topic, so that all senders know
/// them, and added to where a message needs another one.
final class MediaUploads: Sendable {
    /// What a message needs before it can be sent.
    enum Outcome: Sendable {
        /// It can be sent; `reused` names the files whose ids are older than this message.
        case ready(OutboundContent, reused: [String])
        /// WhatsApp would refuse it.
        case refused(PlatformError)
        /// A file could not be given to WhatsApp; trying again may help.
        case notSent(because: String)
    }

    /// Ids that are known; an id that was let go is made anew.
    private static let mostKnown = 50_000

    private let known = Mutex<[String: UploadedMedium]>([:])
    /// Uploads under way: who needs the same file meanwhile waits for them.
    private let underWay = Mutex<[String: Task<Result<String, Failure>, Never>]>([:])
    private let blobs: any BlobStore
    private let endpoint: MediaEndpoint
    private let envelope: RecordEnvelope
    private let logger: Logger
    private let appender: any EventLogAppender

    init(_ process: ProcessContext) async throws {
        blobs = process.blobs
        endpoint = MediaEndpoint(over: process.http, addressRule: process.addressRule)
        envelope = process.envelope
        logger = process.logger
        appender = try await process.log.openAppender()
    }

    /// What keeps the ids.
    var feed: TopicTable.Feed {
        TopicTable.Feed([.mediaUploads]) { [self] value, _, _ in
            switch value {
            case .payload(let upload as UploadedMedium): keep(upload)
            case .tombstone(let key): known.withLock { $0[key] = nil }
            case .payload, .unknown, .erased: return
            }
        }
    }

    private func keep(_ upload: UploadedMedium) {
        known.withLock { known in
            // Nobody looks at the oldest any more; which go is no matter.
            if known.count >= Self.mostKnown {
                let now = ProcessContext.now()
                known = known.filter { now.since($0.value.at) < UploadedMedium.life }
                let surplus = known.count - Self.mostKnown * 9 / 10
                for key in known.keys.prefix(max(0, surplus)) { known[key] = nil }
            }
            known[upload.key] = upload
        }
    }

    /// Gives WhatsApp the files that a message needs, unless it has them.
    func prepare(
        _ content: OutboundContent, of tenant: TenantID, through access: GraphAccess,
        anew: [String] = []
    ) async -> Outcome {
        var ids: [String: String] = [:]
        var reused: [String] = []
        for (blob, filename) in content.blobs where ids[blob.sha256] == nil {
            let key = UploadedMedium.key(of: blob.sha256, at: access.number, of: tenant)
            if !anew.contains(blob.sha256), let upload = known.withLock({ $0[key] }),
                ProcessContext.now().since(upload.at) < UploadedMedium.life
            {
                ids[blob.sha256] = upload.id
                reused.append(blob.sha256)
                continue
            }
            switch await uploadOnce(key, blob, filename, of: tenant, through: access) {
            case .success(let id): ids[blob.sha256] = id
            case .failure(let failure): return failure.outcome
            }
        }
        return .ready(content.uploaded(as: ids), reused: reused)
    }

    private struct Failure: Error {
        var outcome: Outcome
    }

    private func uploadOnce(
        _ key: String, _ blob: BlobReference, _ filename: String?, of tenant: TenantID,
        through access: GraphAccess
    ) async -> Result<String, Failure> {
        let task = underWay.withLock { tasks in
            if let task = tasks[key] { return task }
            let task = Task { [self] in
                let result = await upload(blob, filename, of: tenant, through: access)
                underWay.withLock { $0[key] = nil }
                return result
            }
            tasks[key] = task
            return task
        }
        return await task.value
    }

    private func upload(
        _ blob: BlobReference, _ filename: String?, of tenant: TenantID,
        through access: GraphAccess
    ) async -> Result<String, Failure> {
        let bytes: [UInt8]
        do throws(BlobError) {
            bytes = try await blobs.get(blob.sha256, of: tenant, on: .media)
        } catch {
            let gone = PlatformError(code: 131_053, title: "the file is not here any more")
            return .failure(
                Failure(
                    outcome: error.isTransient
                        ? .notSent(because: error.description) : .refused(gone)))
        }
        do throws(CloudAPIError) {
            let id = try await endpoint.upload(
                bytes, as: blob.mediaType, filename: filename ?? "file", through: access)
            await remember(
                UploadedMedium(
                    tenant: tenant, number: access.number, sha256: blob.sha256, id: id,
                    at: ProcessContext.now()))
            return .success(id)
        } catch {
            if case .graph(let refusal) = error {
                return .failure(Failure(outcome: .refused(refusal)))
            }
            return .failure(Failure(outcome: .notSent(because: error.description)))
        }
    }

    /// Lets all senders know of an id; where that fails the file is given to WhatsApp once more.
    private func remember(_ upload: UploadedMedium) async {
        keep(upload)
        let id = RecordID(UUID().uuidString)
        let headers = RecordHeaders(
            id: id, type: UploadedMedium.type, source: "sender", time: upload.at,
            subject: upload.key, correlation: id, causation: id, tenant: upload.tenant)
        do {
            try await appender.append([envelope.record(upload, headers: headers)])
        } catch {
            logger.warning(
                "an upload is not remembered",
                [.tenant: .identifier(upload.tenant), .error: .error(error)])
        }
    }
}

extension PlatformError {
    /// Whether WhatsApp may not know a media id: it says so in several ways (WhatsApp, "Error
    /// codes": 100 and 131009 for a parameter, 131052 and 131053 for media).
    var mayNameMedium: Bool { [100, 131_009, 131_052, 131_053].contains(code) }
}
