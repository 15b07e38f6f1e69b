import Conversation
import Cryptography
import HTTPClient

/// Blobs in a bucket of an S3-compatible store: `BUCKET/TENANT/AB/ABCD…`, and
/// `BUCKET/TENANT/media-AB/ABCD…` for those of another shelf than documents.
///
/// Requests are signed by libcurl (CURLOPT_AWS_SIGV4(3)). A put is repeated freely: the same key
/// always gets the same bytes.
struct S3BlobStore: BlobStore {
    /// Tries of one request, the first included.
    private static let tries = 4
    /// The wait before the second try; it doubles.
    private static let firstWait = Duration.milliseconds(200)
    /// A longer blob is none of ours.
    private static let longestBlob = 128 * 1024 * 1024

    private let bucket: S3Bucket
    private let signature: RequestSignature
    private let sessionToken: String?
    private let http: HTTPClient

    init(
        _ bucket: S3Bucket, key: String, secret: String, sessionToken: String?,
        over http: HTTPClient
    ) {
        self.bucket = bucket
        signature = RequestSignature(
            key: key, secret: secret, region: bucket.region, service: "s3")
        self.sessionToken = sessionToken
        self.http = http
    }

    func put(
        _ bytes: [UInt8], of tenant: TenantID, on shelf: BlobShelf
    ) async throws(BlobError) -> String {
        let hash = SHA256.hex(bytes)
        let path = try BlobName.path(hash, of: tenant, on: shelf)
        var request = request(.put, path)
        request.body = bytes
        request.headers["content-type"] = "application/octet-stream"
        _ = try await send(request, "store", path)
        return hash
    }

    func get(
        _ hash: String, of tenant: TenantID, on shelf: BlobShelf
    ) async throws(BlobError) -> [UInt8] {
        let path = try BlobName.path(hash, of: tenant, on: shelf)
        let bytes = try await send(request(.get, path), "read", path)
        guard SHA256.hex(bytes) == hash else { throw .damaged(path) }
        return bytes
    }

    func has(
        _ hash: String, of tenant: TenantID, on shelf: BlobShelf
    ) async throws(BlobError) -> Bool {
        let path = try BlobName.path(hash, of: tenant, on: shelf)
        do {
            _ = try await send(request(.head, path), "look for", path)
            return true
        } catch .missing {
            return false
        }
    }

    func remove(
        _ hash: String, of tenant: TenantID, on shelf: BlobShelf
    ) async throws(BlobError) {
        try await delete(try BlobName.path(hash, of: tenant, on: shelf))
    }

    func usage(of tenant: TenantID) async throws(BlobError) -> BlobUsage {
        var usage = BlobUsage()
        var token: String?
        repeat {
            let page = try await page(of: tenant, after: token)
            for object in page.objects { usage.add(bytes: object.bytes) }
            token = page.next
        } while token != nil
        return usage
    }

    func erase(_ tenant: TenantID) async throws(BlobError) -> BlobUsage {
        var erased = BlobUsage()
        // Always the first page: what was listed before is gone.
        while true {
            let page = try await page(of: tenant, after: nil)
            guard !page.objects.isEmpty else { return erased }
            for object in page.objects {
                try await delete(object.key)
                erased.add(bytes: object.bytes)
            }
        }
    }

    private func delete(_ key: String) async throws(BlobError) {
        do {
            _ = try await send(request(.delete, key), "remove", key)
        } catch .missing {}
    }

    private func page(
        of tenant: TenantID, after token: String?
    ) async throws(BlobError) -> S3Listing {
        guard BlobName.isPlain(tenant) else { return S3Listing() }
        // In the order of their names, as the signature wants them (SigV4, canonical query).
        var query = "list-type=2&prefix=\(tenant.rawValue)%2F"
        if let token { query = "continuation-token=\(Self.escaped(token))&" + query }
        let body = try await send(request(.get, "", query), "list", "\(tenant)/")
        guard let listing = S3Listing(xml: body) else {
            throw .refused(
                operation: "list", name: "\(tenant)/", reason: "the answer is not an S3 store's")
        }
        return listing
    }

    /// Everything but letters, digits and `-._~`, as the signature wants it.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e:
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                escaped += "%" + (hex.count < 2 ? "0" : "") + hex
            }
        }
        return escaped
    }

    private func request(
        _ method: HTTPClientRequest.Method, _ path: String, _ query: String? = nil
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(
            method, "\(bucket.url)/\(path)" + (query.map { "?\($0)" } ?? ""))
        request.signature = signature
        request.maximumResponseBytes = Self.longestBlob
        if let sessionToken { request.headers["x-amz-security-token"] = sessionToken }
        return request
    }

    /// Sends a request, again where that may help.
    private func send(
        _ unsigned: HTTPClientRequest, _ operation: String, _ name: String
    ) async throws(BlobError) -> [UInt8] {
        var request = unsigned
        // S3 wants the body's hash in a field that is signed (S3 API, "Authenticating Requests").
        request.headers["x-amz-content-sha256"] = SHA256.hex(request.body ?? [])
        var wait = Self.firstWait
        for _ in 1..<Self.tries {
            do {
                return try await sendOnce(request, operation, name)
            } catch {
                guard error.isTransient, !Task.isCancelled else { throw error }
                // Cancelled: the next try says so.
                try? await Task.sleep(for: wait)
                wait *= 2
            }
        }
        return try await sendOnce(request, operation, name)
    }

    private func sendOnce(
        _ request: HTTPClientRequest, _ operation: String, _ name: String
    ) async throws(BlobError) -> [UInt8] {
        let response: HTTPClientResponse
        do {
            response = try await http.send(request)
        } catch {
            throw .unavailable(operation: operation, name: name, reason: "\(error)")
        }
        switch response.status {
        case 200..<300: return response.body
        case 404 where S3Listing.errorCode(in: response.body) != "NoSuchBucket":
            throw .missing(name)
        case 408, 429, 500...:
            throw .unavailable(
                operation: operation, name: name, reason: "status \(response.status)")
        default:
            let code = S3Listing.errorCode(in: response.body).map { " (\($0))" } ?? ""
            throw .refused(
                operation: operation, name: name,
                reason: "\(bucket.url) answers \(response.status)\(code)")
        }
    }
}
