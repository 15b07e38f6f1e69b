/// A request to send with `HTTPClient`.
package struct HTTPClientRequest: Sendable {
    /// The methods of HTTP that are in use here (RFC 9110, section 9; RFC 5789).
    package enum Method: String, Sendable, Codable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"

        /// Whether sending it twice does no harm by the method's definition alone.
        var isSafe: Bool { self == .get || self == .head }
    }

    /// The method.
    package var method: Method
    /// The absolute http or https URL.
    package var url: String
    /// Header fields; Host, Content-Length and Connection are curl's.
    package var headers: HTTPClientHeaders
    /// The body, or nil for none; POST, PUT and PATCH always say how long it is.
    package var body: [UInt8]?
    /// How long name resolution, connecting and TLS together may take.
    package var connectTimeout: Duration = .seconds(10)
    /// How long everything may take, waiting for a free connection included.
    package var timeout: Duration = .seconds(60)
    /// A longer answer ends in `responseTooLarge`.
    package var maximumResponseBytes = 16 * 1024 * 1024
    /// How many redirects to follow; GET and HEAD only, others always give the 3xx answer back.
    package var redirectLimit = 0
    /// Whether to open a connection for this request alone and close it afterwards.
    ///
    /// A server that writes head and body in two pieces with Nagle's algorithm on, as those of
    /// Python's standard library do, waits with the second until the first is acknowledged. Linux
    /// delays that by 40 ms, but not on a young connection (tcp(7), TCP_QUICKACK).
    package var usesOwnConnection = false
    /// What signs the request, for AWS and what is compatible with it.
    package var signature: RequestSignature?
    /// Which addresses may be connected to, checked after name resolution and for each redirect.
    package var addressRule: AddressRule = .any

    /// Takes what a request always has; the rest are properties.
    package init(
        _ method: Method, _ url: String, headers: HTTPClientHeaders = [:], body: [UInt8]? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// Credentials that sign a request (AWS Signature Version 4); libcurl computes the signature over
/// the URL, the header fields and the body (CURLOPT_AWS_SIGV4(3)).
package struct RequestSignature: Sendable {
    /// The access key's id.
    package var key: String
    /// The secret key; never part of an error or a log line.
    package var secret: String
    /// The region, such as `eu-central-1`.
    package var region: String
    /// The service, such as `s3`.
    package var service: String

    /// Takes all parts.
    package init(key: String, secret: String, region: String, service: String) {
        self.key = key
        self.secret = secret
        self.region = region
        self.service = service
    }
}

/// A whole answer, whatever its status.
package struct HTTPClientResponse: Sendable, Equatable {
    /// The status code, of any class.
    package var status: Int
    /// The header fields of the final answer.
    package var headers: HTTPClientHeaders
    /// The body without transfer coding.
    package var body: [UInt8]

    /// Takes all parts, for doubles.
    package init(status: Int, headers: HTTPClientHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
