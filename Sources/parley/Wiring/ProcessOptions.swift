import Blobs
import Configuration
import FoundationEssentials
import HTTPClient
import LogURL
import TenantKeys

/// What every process of an installation is told on its command line.
struct ProcessOptions: Sendable {
    /// Our options, for `stage` and `up`.
    static let options: [ArgumentSpecification.Option] = [
        .option("data", "DIR", "the data folder (default: $PARLEY_DATA, else .parley)"),
        .option(
            "keys", "DIR",
            "the folder of the keys that wrap tenants' keys, outside of the data folder "
                + "(default: $PARLEY_KEYS, else DATA.keys)"),
        .option("log", "URL", "sqlite:PATH or kafka:HOST:PORT (default: in the data folder)"),
        .option("pipeline", "FILE", "the pipeline (default: Pipelines/whatsapp.json5)"),
        .option("prompts", "DIR", "the prompts (default: Prompts)"),
        .option(
            "blobs", "PLACE",
            "documents' bytes: a folder, or s3:https://HOST/BUCKET?region=REGION with "
                + "$AWS_ACCESS_KEY_ID and $AWS_SECRET_ACCESS_KEY (default: in the data folder)"),
        .option("pages", "DIR", "the capabilities' pages (default: Sources/Capabilities)"),
        .option("port", "N", "the port that a stage with an HTTP face listens on"),
        .option("host", "ADDRESS", "the address that it listens on (default: 127.0.0.1)"),
        .option("telemetry-port", "N", "the port of /metrics, /health and /ready"),
        .option("slot", "NAME", "the replica's name, stable over restarts (default: NAME-0)"),
        .option("replicas", "N", "how many share the stage's work (default: as the pipeline says)"),
        .option("embedding-url", "URL", "an OpenAI-compatible embedding server"),
        .option("embedding-model", "NAME", "its model (default: multilingual-e5-small)"),
        .option("model-url", "URL", "an OpenAI-compatible chat server (or $PARLEY_MODEL_URL)"),
        .option(
            "model", "NAME", "its model (or $PARLEY_MODEL); the key comes from $PARLEY_MODEL_KEY"),
        .flag("model-sees-images", "shows customers' pictures to that model"),
        .option(
            "tokens-per-day", "N",
            "the most tokens that a business's answers may cost in a day (UTC) and process; then "
                + "the built-in answerer answers"),
        .option(
            "transcription-url", "URL",
            "an OpenAI-compatible transcription server, which writes down voice notes "
                + "(or $PARLEY_TRANSCRIPTION_URL); its key comes from $PARLEY_TRANSCRIPTION_KEY"),
        .option(
            "transcription-model", "NAME",
            "its model (or $PARLEY_TRANSCRIPTION_MODEL; default: whisper-1)"),
        .option(
            "rerank-url", "URL",
            "a server with the common /rerank interface, which puts passages in another order for "
                + "businesses that switched it on (or $PARLEY_RERANK_URL); its key comes from "
                + "$PARLEY_RERANK_KEY"),
        .option("rerank-model", "NAME", "its model (or $PARLEY_RERANK_MODEL; default: reranker)"),
        .option("burst-pause", "MILLISECONDS", "how long the bot waits for more of a burst"),
        .option("turn-time", "MILLISECONDS", "how long the model has before a person is asked"),
        .flag("allow-private-urls", "lets tenants' URLs lead into private networks"),
    ]

    let data: DataFolder
    let keys: KeysFolder
    let log: String
    let pipeline: String
    let prompts: String
    let blobs: BlobLocation
    let pages: String
    let port: Int?
    let host: String
    let telemetryPort: Int?
    let slot: String?
    let replicas: Int?
    let embeddingURL: String?
    let embeddingModel: String
    let modelURL: String?
    let tokensPerDay: Int?
    let model: String?
    let modelSeesImages: Bool
    let transcriptionURL: String?
    let transcriptionModel: String
    let rerankURL: String?
    let rerankModel: String
    let burstPause: Int?
    let turnTime: Int?
    let allowsPrivateURLs: Bool
    private let arguments: Arguments

    /// Reads the options.
    ///
    /// - Throws: `ConfigurationError` with every slip that was found first.
    init(_ arguments: Arguments) throws(ConfigurationError) {
        self.arguments = arguments
        let environment = ProcessInfo.processInfo.environment
        let home = Self.home(environment)
        let folder = arguments.value("data").map { DataFolder(path: $0) } ?? .standard(environment)
        data = DataFolder(path: Self.absolute(folder.path))
        keys = KeysFolder(
            path: Self.absolute(
                arguments.value("keys") ?? environment["PARLEY_KEYS"] ?? data.keys))
        log = arguments.value("log") ?? "sqlite:\(data.logFile)"
        _ = try LogURL(log)
        pipeline = arguments.value("pipeline") ?? "\(home)/Pipelines/whatsapp.json5"
        prompts = arguments.value("prompts") ?? "\(home)/Prompts"
        blobs = try Self.blobs(arguments.value("blobs") ?? data.blobs)
        pages = arguments.value("pages") ?? "\(home)/Sources/Capabilities"
        port = try arguments.integer("port", in: 0...65_535)
        host = arguments.value("host") ?? Addresses.loopback
        telemetryPort = try arguments.integer("telemetry-port", in: 0...65_535)
        slot = arguments.value("slot")
        replicas = try arguments.integer("replicas", in: 1...1_000)
        embeddingURL = arguments.value("embedding-url")
        embeddingModel = arguments.value("embedding-model") ?? "multilingual-e5-small"
        modelURL = arguments.value("model-url") ?? environment["PARLEY_MODEL_URL"]
        model = arguments.value("model") ?? environment["PARLEY_MODEL"]
        modelSeesImages = arguments.has("model-sees-images")
        tokensPerDay = try arguments.integer("tokens-per-day", in: 0...1_000_000_000)
        transcriptionURL =
            arguments.value("transcription-url") ?? environment["PARLEY_TRANSCRIPTION_URL"]
        transcriptionModel =
            arguments.value("transcription-model") ?? environment["PARLEY_TRANSCRIPTION_MODEL"]
            ?? "whisper-1"
        rerankURL = arguments.value("rerank-url") ?? environment["PARLEY_RERANK_URL"]
        rerankModel =
            arguments.value("rerank-model") ?? environment["PARLEY_RERANK_MODEL"] ?? "reranker"
        burstPause = try arguments.integer("burst-pause", in: 0...60_000)
        turnTime = try arguments.integer("turn-time", in: 100...600_000)
        allowsPrivateURLs = arguments.has("allow-private-urls")
        guard (modelURL == nil) == (model == nil) else {
            throw ConfigurationError(
                "--model-url", "goes together with --model ($PARLEY_MODEL_URL with $PARLEY_MODEL)")
        }
        try Self.check(server: embeddingURL, "--embedding-url")
        try Self.check(server: transcriptionURL, "--transcription-url")
        try Self.check(server: rerankURL, "--rerank-url")
        try Self.check(
            server: modelURL,
            arguments.value("model-url") == nil ? "$PARLEY_MODEL_URL" : "--model-url")
    }

    private static func blobs(_ text: String) throws(ConfigurationError) -> BlobLocation {
        do {
            let location = try BlobLocation(text)
            if case .folder(let path) = location { return .folder(absolute(path)) }
            return location
        } catch {
            throw ConfigurationError("--blobs", "\(error)")
        }
    }

    /// Opens the store of documents' bytes.
    ///
    /// - Throws: `ConfigurationError` if a bucket has no credentials.
    func openBlobs(
        over http: HTTPClient, _ environment: [String: String]
    ) throws(ConfigurationError) -> any BlobStore {
        do {
            return try blobs.open(over: http, environment: environment)
        } catch {
            throw ConfigurationError("--blobs", "\(error)")
        }
    }

    /// Refuses a model's server that no request could reach.
    private static func check(
        server text: String?, _ option: String
    ) throws(ConfigurationError) {
        guard let text else { return }
        if let url = URL(string: text), let scheme = url.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = url.host(), !host.isEmpty
        {
            return
        }
        // What stands before an @ may be a password.
        let shown = text.contains("@") ? "it" : "'\(text)'"
        throw ConfigurationError(
            option, "\(shown) is no server's URL; write http://HOST:PORT/PATH or https://HOST/PATH")
    }

    /// Whether an option was given, so that what it says is no default.
    func names(_ option: String) -> Bool { arguments.value(option) != nil }

    /// The repository's folder: where the pipeline and the prompts are, if not named.
    static func home(_ environment: [String: String]) -> String {
        let here = FileManager.default.currentDirectoryPath
        if let home = environment["PARLEY_HOME"] { return absolute(home) }
        var candidates = [here]
        var folder = URL(filePath: executable).deletingLastPathComponent()
        while folder.path.count > 1 {
            candidates.append(folder.path)
            folder = folder.deletingLastPathComponent()
        }
        return candidates.first {
            FileManager.default.fileExists(atPath: "\($0)/Pipelines/whatsapp.json5")
        } ?? here
    }

    /// This program's file.
    static var executable: String {
        // The link is always there on Linux; without it the first word has to do.
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    }
}
