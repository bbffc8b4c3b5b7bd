import ArgumentParser
import Lifecycle
import Wire

struct Drill: Verb {
    static let configuration = CommandConfiguration(
        commandName: "drill",
        abstract:
            "Show the whole path on this machine, against a simulated provider: a token works, is revoked, expires, is replaced.",
        discussion: "It makes a home of its own, asks nobody outside of this machine, and leaves nothing behind.")
    @OptionGroup var common: CommonOptions

    func perform() throws(Fault) -> ExitCode {
        let stage = try DrillStage(common)
        let measured: DrillMeasurements
        do throws(Fault) { measured = try DrillScript(stage).play() } catch {
            stage.clear()
            throw error
        }
        stage.clear()
        try voice.show(measured, measured.text)
        return .done
    }
}

/// What a drill found out.
struct DrillMeasurements: Encodable {
    /// From the moment the provider turned, until status named it.
    var secondsToDetectRevoked = 0.0
    var secondsToDetectExpired = 0.0
    /// From the paste until status said healthy.
    var secondsToRecover = 0.0
    var requestsSent = 0
    /// Files below the drill's home that held a token in clear.
    var filesWithToken = 0

    var text: String {
        """

        measured (times of this drill's shortened settings; the defaults confirm a death over 10 minutes)
          revoked: detected after   \(Self.seconds(secondsToDetectRevoked))
          expired: detected after   \(Self.seconds(secondsToDetectExpired))
          recovered after the paste \(Self.seconds(secondsToRecover))
          requests sent             \(requestsSent)
          files with a token in clear, of all that were written: \(filesWithToken)
        """
    }

    private static func seconds(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
