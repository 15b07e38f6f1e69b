import Blobs
import Conversation
import Cryptography
import Foundation
import HTTPClient
import PipelineTesting

/// PyPI's `moto` as an S3 store that checks signatures: one a process, ended with it.
///
/// `PARLEY_MOTO_SERVER` is the path of `moto_server`.
enum MotoServer {
    /// Where it listens, and a user of its own who may use S3.
    struct Running: Sendable {
        var url: String
        var key: String
        var secret: String

        /// A store over a fresh bucket.
        func store(secret other: String? = nil, token: String? = nil) async throws -> any BlobStore
        {
            let bucket = "blobs-\(UUID().uuidString.prefix(8).lowercased())"
            let http = try HTTPClient()
            var request = HTTPClientRequest(.put, "\(url)/\(bucket)", body: [])
            request.headers["x-amz-content-sha256"] = SHA256.hex([])
            request.signature = RequestSignature(
                key: key, secret: secret, region: "us-east-1", service: "s3")
            guard try await http.send(request).status == 200 else { throw NotThere() }
            var environment = [
                "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": other ?? secret,
            ]
            environment["AWS_SESSION_TOKEN"] = token
            return try BlobLocation("s3:\(url)/\(bucket)?region=us-east-1").open(
                over: http, environment: environment)
        }
    }

    struct NotThere: Error {}

    static let executable = ProcessInfo.processInfo.environment["PARLEY_MOTO_SERVER"]
    static let isAvailable = executable?.isEmpty == false
    private static let started = Task { try await start() }

    static func running() async throws -> Running { try await started.value }

    /// Requests that nobody is asked for: three make the user.
    private static let openRequests = 3

    /// Ends the server when standard input is closed, as this process's end does.
    private static let script = """
        exec >/dev/null 2>&1
        INITIAL_NO_AUTH_ACTION_COUNT=\(openRequests) "$0" -H 127.0.0.1 -p "$1" &
        read -r _; kill -9 $!
        """

    private static func start() async throws -> Running {
        guard let executable else { throw NotThere() }
        let port = try TestBroker.freePort()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script, executable, String(port)]
        _ = fcntl(held.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        process.standardInput = held
        try process.run()
        let url = "http://127.0.0.1:\(port)"
        let http = try HTTPClient()
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(60)
        while true {
            do {
                _ = try await http.send(HTTPClientRequest(.get, "\(url)/moto-api/"))
                break
            } catch {
                guard clock.now < deadline else { throw NotThere() }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        return try await user(url, http)
    }

    /// Makes a user of AWS's IAM API, with a key.
    private static func user(_ url: String, _ http: HTTPClient) async throws -> Running {
        func act(_ form: String) async throws -> String {
            let request = HTTPClientRequest(
                .post, url,
                headers: [
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Authorization":
                        "AWS4-HMAC-SHA256 Credential=none/20260101/us-east-1/iam/aws4_request",
                ], body: Array((form + "&Version=2010-05-08").utf8))
            let response = try await http.send(request)
            guard response.status == 200 else { throw NotThere() }
            return String(decoding: response.body, as: UTF8.self)
        }
        _ = try await act("Action=CreateUser&UserName=parley")
        _ = try await act(
            "Action=PutUserPolicy&UserName=parley&PolicyName=s3&PolicyDocument="
                + "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A"
                + "%22Allow%22%2C%22Action%22%3A%22s3%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D")
        let made = try await act("Action=CreateAccessKey&UserName=parley")
        func part(_ name: String) throws -> String {
            guard let start = made.range(of: "<\(name)>"),
                let end = made.range(of: "</\(name)>")
            else { throw NotThere() }
            return String(made[start.upperBound..<end.lowerBound])
        }
        return try Running(url: url, key: part("AccessKeyId"), secret: part("SecretAccessKey"))
    }

    /// Never written to, and closed by the end of this process.
    private static let held = Pipe()
}
