import Blobs
import Conversation
import Cryptography
import MediaSniffing
import MediaStage
import StageRuntime
import TenantDirectory
import WhatsAppCloudAPI

/// Wires the media stage to WhatsApp's Graph API and the blob store.
func mediaRunner(_ process: ProcessContext) -> StageRunner<MediaStage> {
    let edge = MediaEdge(process)
    return process.runner(process.designs.media()) { call, _ throws(CallFailure) in
        try await edge.perform(call)
    }
}

/// The media stage's edge.
private struct MediaEdge: Sendable {
    /// How long a business that was added a moment ago may be unknown here, and how often one
    /// looks.
    private static let tenantWait = Duration.seconds(5)
    private static let tenantLook = Duration.milliseconds(200)

    private let tenants: TenantDirectory
    private let blobs: any BlobStore
    private let endpoint: MediaEndpoint
    private let reader: MediaReader

    init(_ process: ProcessContext) {
        reader = MediaReader(process)
        tenants = process.tenants
        blobs = process.blobs
        endpoint = MediaEndpoint(over: process.http, addressRule: process.addressRule)
    }

    func perform(_ call: MediaCall) async throws(CallFailure) -> MediaAnswer {
        switch call {
        case .fetch(let request): return try await fetch(request)
        case .read(let request): return .read(try await reader.words(of: request))
        case .remove(let tenant, let sha256):
            do {
                try await blobs.remove(sha256, of: tenant, on: .media)
            } catch {
                throw error.callFailure
            }
            return .removed
        }
    }

    private func fetch(_ request: FetchRequest) async throws(CallFailure) -> MediaAnswer {
        guard let access = await access(request) else { return .lost(.unknownBusiness) }
        var bytes = try await download(request, access)
        if case .success(let first) = bytes, !Self.isWhole(first, request) {
            // A connection that broke in a way that nobody noticed: once more.
            bytes = try await download(request, access)
        }
        let whole: [UInt8]
        switch bytes {
        case .success(let found): whole = found
        case .failure(let loss): return .lost(loss.problem)
        }
        guard Self.isWhole(whole, request) else { return .lost(.damaged) }
        let type = MediaSniffer.mediaType(of: whole, declared: request.mediaType)
        do {
            let hash = try await blobs.put(whole, of: request.tenant, on: .media)
            return .kept(BlobReference(sha256: hash, mediaType: type, size: whole.count))
        } catch {
            throw error.callFailure
        }
    }

    /// Whether bytes are those that the webhook announced; it writes the hash in base64, older
    /// ones in hexadecimal digits.
    private static func isWhole(_ bytes: [UInt8], _ request: FetchRequest) -> Bool {
        guard let announced = request.sha256, !announced.isEmpty else { return true }
        return announced == Cryptography.Base64.encode(SHA256.digest(bytes))
            || announced.lowercased() == SHA256.hex(bytes)
    }

    private struct Loss: Error {
        var problem: MediumProblem
    }

    /// The bytes, or why they will never be there.
    private func download(
        _ request: FetchRequest, _ access: GraphAccess
    ) async throws(CallFailure) -> Result<[UInt8], Loss> {
        do throws(CloudAPIError) {
            let medium = try await endpoint.resolve(request.id, through: access)
            return .success(
                try await endpoint.download(medium, through: access, limit: request.limit))
        } catch {
            switch error {
            case .tooLarge: return .failure(Loss(problem: .tooLarge))
            case .foreignHost, .invalidID: return .failure(Loss(problem: .refused))
            case .notSent, .unreadable:
                throw .transient(reason: error.description, retryAfterMilliseconds: nil)
            case .graph(let graph):
                guard let problem = graph.mediumProblem else {
                    throw .transient(reason: error.description, retryAfterMilliseconds: nil)
                }
                return .failure(Loss(problem: problem))
            }
        }
    }

    private func access(_ request: FetchRequest) async -> GraphAccess? {
        let end = ProcessContext.now() + Self.tenantWait
        while true {
            if let tenant = tenants.tenant(request.tenant),
                tenant.settings.numbers.contains(where: { $0.id == request.number })
            {
                return GraphAccess(
                    baseURL: tenant.settings.graphURL, version: tenant.settings.graphVersion,
                    number: request.number, token: tenant.accessToken)
            }
            guard ProcessContext.now() < end, !Task.isCancelled else { return nil }
            // Cancelled: the loop ends.
            try? await Task.sleep(for: Self.tenantLook)
        }
    }
}

extension PlatformError {
    /// Why a medium will never be there; `nil` where another try may bring it: when WhatsApp is
    /// busy, or once the business renewed its token (WhatsApp, "Error codes").
    fileprivate var mediumProblem: MediumProblem? {
        if isTransient == true { return nil }
        switch code {
        case 100, 33, 131_009, 131_052, 131_060: return .gone
        case 1, 2, 4, 80_007, 130_429, 131_000, 131_016, 131_057, 133_004: return nil
        // The token or a permission: the business's to mend.
        case 0, 3, 10, 190, 200...299, 368, 131_005, 131_031, 131_042, 131_045, 133_010: return nil
        default: return .refused
        }
    }
}

extension BlobError {
    /// A store that is away comes back; one that is set up wrongly is set up anew.
    var callFailure: CallFailure {
        .transient(reason: description, retryAfterMilliseconds: nil)
    }
}
