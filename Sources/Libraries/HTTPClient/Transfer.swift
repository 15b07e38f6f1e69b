import CLibcurl
import Glibc
import NetworkAddress
import Synchronization

/// One request on its way, and what has come back of its answer.
///
/// Whether a request may have been written is known from curl's pre-request callback, which is
/// called when a connection is ready, TLS included, and before anything is written
/// (CURLOPT_PREREQFUNCTION(3)). When a reused connection turns out to be dead before any byte of
/// the answer came, curl silently sends the request again on a new one (`Curl_retry_request` in
/// 7.88's transfer.c), for a POST too, although the server may have acted on the first. The
/// callback is called for that second time as well, and refuses it unless the method is safe.
///
/// All but `isCancelled` is touched by the thread of the `TransferLoop` only.
@safe final class Transfer: @unchecked Sendable {
    /// More header bytes than this in an answer are an attack or a mistake.
    private static let mostHeaderBytes = 256 * 1024

    let isCancelled = Atomic(false)
    var handle: EasyHandle?
    private(set) var requestMayHaveBeenWritten = false

    private let request: HTTPClientRequest
    private var status: Int?
    private var headers = HTTPClientHeaders()
    private var headerBytes = 0
    private var body: [UInt8] = []
    private var isTooLarge = false
    private var forbidden: String?
    private var refusedRepeat = false

    init(_ request: HTTPClientRequest) {
        self.request = request
    }

    /// Sets all options; false when memory is exhausted.
    func prepare(_ handle: EasyHandle, _ configuration: HTTPClient.Configuration) -> Bool {
        handle.set(CURLOPT_NOSIGNAL, 1)
        handle.set(CURLOPT_URL, request.url)
        handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        handle.set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        // A proxy from the environment would be the address that gets checked.
        handle.set(CURLOPT_PROXY, "")
        // On one HTTP/2 connection the loss of it would make many requests unknown at once.
        handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        handle.set(CURLOPT_TCP_NODELAY, 1)
        handle.set(CURLOPT_TCP_KEEPALIVE, 1)
        handle.set(CURLOPT_MAXAGE_CONN, max(1, Int(configuration.idleLifetime.components.seconds)))
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.wholeMilliseconds)
        handle.set(CURLOPT_TIMEOUT_MS, request.timeout.wholeMilliseconds)
        if request.method.isSafe, request.redirectLimit > 0 {
            handle.set(CURLOPT_FOLLOWLOCATION, 1)
            handle.set(CURLOPT_MAXREDIRS, request.redirectLimit)
        }
        if let userAgent = configuration.userAgent { handle.set(CURLOPT_USERAGENT, userAgent) }
        if request.usesOwnConnection {
            handle.set(CURLOPT_FRESH_CONNECT, 1)
            handle.set(CURLOPT_FORBID_REUSE, 1)
        }
        setMethod(handle)
        setCallbacks(handle)
        return handle.isIntact
    }

    private func setMethod(_ handle: EasyHandle) {
        var lines = request.headers.fields.map { field in
            field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)"
        }
        switch request.method {
        case .head:
            handle.set(CURLOPT_NOBODY, 1)
        case .get where request.body == nil:
            handle.set(CURLOPT_HTTPGET, 1)
        case .delete where request.body == nil:
            handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        default:
            handle.set(CURLOPT_POST, 1)
            handle.setBody(request.body ?? [])
            handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
            // curl would invent a form's type, and wait a second for "100 Continue".
            if request.headers["content-type"] == nil { lines.append("Content-Type:") }
            if request.headers["expect"] == nil { lines.append("Expect:") }
        }
        if request.headers["accept"] == nil { lines.append("Accept:") }
        if let signature = request.signature {
            // curl 7.88 would sign these lines, which say what not to send, as empty fields.
            lines.removeAll { $0.hasSuffix(":") }
            handle.set(CURLOPT_EXPECT_100_TIMEOUT_MS, 1)
            handle.set(
                CURLOPT_AWS_SIGV4, "aws:amz:\(signature.region):\(signature.service)")
            handle.set(CURLOPT_USERPWD, "\(signature.key):\(signature.secret)")
        }
        handle.setHeaders(lines)
    }

    private func setCallbacks(_ handle: EasyHandle) {
        // Unretained: the loop keeps the transfer until its handle is out of curl's hands.
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe handle.set(CURLOPT_WRITEDATA, context)
        unsafe handle.set(CURLOPT_HEADERDATA, context)
        unsafe handle.set(CURLOPT_OPENSOCKETDATA, context)
        unsafe handle.set(CURLOPT_PREREQDATA, context)
        unsafe handle.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            let received = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
            return unsafe transfer(context).receiveBody(received) ? size * count : 0
        }
        unsafe handle.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            let received = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
            return unsafe transfer(context).receiveHeader(received) ? size * count : 0
        }
        unsafe handle.setOpenSocket { context, _, address in
            unsafe transfer(context).openSocket(address)
        }
        unsafe handle.setPrerequest { context, remote, _, _, _ in
            unsafe transfer(context).mayWrite(to: remote.map { unsafe String(cString: $0) })
                ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
    }

    private func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
        guard let address = unsafe address else { return CURL_SOCKET_BAD }
        let remote = unsafe IPAddress(&address.pointee.addr)
        guard let remote, request.addressRule.allows(remote) else {
            forbidden = remote?.description ?? "an address of an unknown family"
            return CURL_SOCKET_BAD
        }
        let (family, kind, proto) = unsafe (
            address.pointee.family, address.pointee.socktype, address.pointee.protocol
        )
        return socket(family, kind | Int32(SOCK_CLOEXEC.rawValue), proto)
    }

    private func mayWrite(to remote: String?) -> Bool {
        guard let address = remote.flatMap({ IPAddress($0) }), request.addressRule.allows(address)
        else {
            forbidden = remote ?? "an unknown address"
            return false
        }
        if requestMayHaveBeenWritten, !request.method.isSafe {
            refusedRepeat = true
            return false
        }
        forbidden = nil
        requestMayHaveBeenWritten = true
        return true
    }

    private func receiveHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
        headerBytes += bytes.count
        guard headerBytes <= Self.mostHeaderBytes else {
            isTooLarge = true
            return false
        }
        let line = unsafe String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            // A new answer: after "100 Continue" or a redirect.
            headers.fields.removeAll()
            body.removeAll()
        } else if let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) {
            let value = line[line.utf8.index(after: colon)...]
            headers.fields.append(.init(name: String(line[..<colon]), value: value.trimmed))
        }
        return true
    }

    private func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= request.maximumResponseBytes - body.count else {
            isTooLarge = true
            return false
        }
        unsafe body.append(contentsOf: bytes)
        return true
    }

    /// Takes the status before the handle is used again.
    func readStatus(of handle: EasyHandle) {
        status = handle.status
    }

    func outcome(_ code: CURLcode) -> Result<HTTPClientResponse, HTTPClientError> {
        guard code == CURLE_OK, let status else { return .failure(failure(code)) }
        return .success(HTTPClientResponse(status: status, headers: headers, body: body))
    }

    /// What curl's error code means for someone who must not send twice.
    func failure(_ code: CURLcode) -> HTTPClientError {
        let url = HTTPClientError.safe(request.url)
        if isTooLarge {
            return .responseTooLarge(
                url: url, limitBytes: request.maximumResponseBytes, status: status ?? 0)
        }
        if let forbidden, !requestMayHaveBeenWritten || request.method.isSafe {
            return .forbiddenAddress(url: url, address: forbidden)
        }
        if code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL,
            !requestMayHaveBeenWritten
        {
            return .invalidURL(url: url)
        }
        let detail = unsafe String(cString: curl_easy_strerror(code))
        guard requestMayHaveBeenWritten else {
            return .notSent(Self.obstacle(code), url: url, detail: detail)
        }
        if refusedRepeat {
            return .unknown(
                .connection, url: url, status: nil, detail: "the kept-alive connection was closed")
        }
        return .unknown(Self.loss(code), url: url, status: status, detail: detail)
    }

    private static func obstacle(_ code: CURLcode) -> HTTPClientError.Obstacle {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: .nameResolution
        case CURLE_COULDNT_CONNECT: .connection
        case CURLE_OPERATION_TIMEDOUT: .timeout
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS:
            .tls
        default: .other
        }
    }

    private static func loss(_ code: CURLcode) -> HTTPClientError.Loss {
        switch code {
        case CURLE_OPERATION_TIMEDOUT: .timeout
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE: .connection
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING:
            .malformedAnswer
        default: .other
        }
    }
}

/// The transfer that a callback of curl belongs to.
private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer {
    guard let context = unsafe context else {
        preconditionFailure("curl gave back another context than the one that was set")
    }
    return unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
}

extension Duration {
    /// At least one, as zero means "no limit" to curl.
    fileprivate var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        let limit: Int64 = 7 * 24 * 3600
        return Int(max(1, min(seconds, limit) * 1000 + attoseconds / 1_000_000_000_000_000))
    }
}

extension Substring {
    /// Without white space around it.
    fileprivate var trimmed: String {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
        var bytes = utf8
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        return String(Substring(bytes.drop(while: isSpace)))
    }
}
