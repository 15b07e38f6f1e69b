import FoundationEssentials
import Glibc

/// The folder that an installation keeps everything in, and where each thing stands in it.
package struct DataFolder: Sendable, Hashable {
    /// The folder's path.
    package let path: String

    /// Names a folder.
    package init(path: String) { self.path = path }

    /// The folder that the environment names, `PARLEY_DATA`, else `.parley` here.
    package static func standard(_ environment: [String: String]) -> DataFolder {
        DataFolder(path: environment["PARLEY_DATA"] ?? ".parley")
    }

    /// The SQLite log.
    package var logFile: String { "\(path)/log.sqlite" }
    /// The keys that seal secrets; mode 0600.
    package var keyFile: String { "\(path)/secrets.key" }
    /// The folder of the keys that wrap tenants' keys: beside this one, not in it.
    package var keys: String {
        (path.hasSuffix("/") ? String(path.dropLast()) : path) + ".keys"
    }
    /// The key of the console's API; mode 0600.
    package var consoleKeyFile: String { "\(path)/console.key" }
    /// Documents' bytes, by their hash.
    package var blobs: String { "\(path)/blobs" }
    /// Caches that can be thrown away.
    package var caches: String { "\(path)/caches" }
    /// The console's views, which build themselves again where they are missing.
    package var views: String { "\(path)/views" }
    /// The indexes of passages, which all processes share, and which build themselves again.
    package var indexes: String { "\(path)/index" }
    /// Mails that are kept instead of sent, where there is no mail server.
    package var mails: String { "\(path)/mails" }
    /// The simulator's businesses.
    package var simulator: String { "\(path)/simulator" }
    /// What the child processes write.
    package var logs: String { "\(path)/logs" }
    /// What one of them writes.
    package func log(of program: String) -> String { "\(logs)/\(program).log" }
    /// The Python environment of the local embedding server.
    package var localModels: String { "\(path)/local-models" }
    /// What the stages are at, for the next start after a crash.
    package var attempts: String { "\(path)/attempts" }
    /// What one of their processes is at.
    package func attempts(of slot: String) -> String { "\(attempts)/\(slot)" }
    /// The settings that the stages ran with last, for their replays.
    package var settings: String { "\(path)/settings" }
    /// Those of one stage.
    package func settings(of stage: String) -> String { "\(settings)/\(stage).json" }
    /// Where a running installation can be reached.
    package var runFile: String { "\(path)/run.json" }
    /// Held by the running installation.
    package var lockFile: String { "\(path)/lock" }
    /// Held by its processes, each for as long as it lives.
    package var processesLockFile: String { "\(path)/lock.processes" }

    /// Makes the folder and those in it that are missing, closed to other users.
    ///
    /// - Throws: ``ConfigurationError`` with the path and why it cannot be made.
    package func create() throws(ConfigurationError) {
        for folder in [path, blobs, caches, views, simulator, logs, attempts, settings] {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
            } catch {
                throw ConfigurationError(folder, "the folder cannot be made: \(error)")
            }
        }
    }
}

/// Where a running installation can be reached; commands read it from the data folder.
package struct RunFile: Codable, Sendable, Hashable {
    /// The process that runs the installation.
    package var process: Int32
    /// The log's URL.
    package var log: String
    /// The webhook's URL.
    package var webhook: String
    /// The console's URL.
    package var console: String
    /// The simulator's URL, where it runs.
    package var simulator: String?
    /// The demo business's name, where it is set up.
    package var demo: String?
    /// The folder of the keys that wrap tenants' keys.
    package var keys: String?

    /// Describes a running installation.
    package init(
        process: Int32, log: String, webhook: String, console: String, simulator: String?
    ) {
        self.process = process
        self.log = log
        self.webhook = webhook
        self.console = console
        self.simulator = simulator
    }

    /// Writes the file in place of an older one.
    ///
    /// - Throws: ``ConfigurationError`` with the path.
    package func write(to folder: DataFolder) throws(ConfigurationError) {
        do {
            let data = try JSONEncoder().encode(self)
            try data.write(to: URL(filePath: folder.runFile), options: .atomic)
        } catch {
            throw ConfigurationError(folder.runFile, "cannot be written: \(error)")
        }
    }

    /// Reads the file of a running installation.
    ///
    /// - Throws: ``ConfigurationError`` if none runs here.
    package static func read(from folder: DataFolder) throws(ConfigurationError) -> RunFile {
        let hint =
            "no installation runs here: start one with Pipelines/run or `parley up`, or "
            + "name its folder with --data"
        guard let data = FileManager.default.contents(atPath: folder.runFile) else {
            throw ConfigurationError(folder.path, hint)
        }
        do {
            let file = try JSONDecoder().decode(RunFile.self, from: data)
            guard kill(file.process, 0) == 0 || errno == EPERM else {
                throw ConfigurationError(folder.path, hint)
            }
            return file
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError(folder.runFile, "cannot be read: \(error)")
        }
    }
}
