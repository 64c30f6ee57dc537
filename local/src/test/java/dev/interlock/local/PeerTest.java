package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.machine.Principal;
import dev.interlock.local.Peer.Speaking;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PeerTest {
  private static final Principal BOB = new Principal("bob@example.com", List.of("manager"));
  private static final Principal ANA = new Principal("ana@example.com", List.of("employee"));

  private final Peer peer =
      new Peer(
          "sam", new Speakers(user -> Optional.ofNullable(Map.of("bob", BOB).get(user)), "staff"));

  @Test
  void ownerIsAnOperator() {
    assertThat(peer.speak("sam", null))
        .isEqualTo(new Speaking.As(new Principal("sam", List.of(Principal.OPERATOR))));
    assertThat(peer.speak("sam", SocketClient.SELF)).isEqualTo(peer.speak("sam", null));
  }

  @Test
  void ownerUnderPeopleKeepsItsRoles() {
    Peer mapped = new Peer("bob", new Speakers(user -> Optional.of(BOB), null));

    assertThat(mapped.speak("bob", null))
        .isEqualTo(
            new Speaking.As(
                new Principal("bob@example.com", List.of("manager", Principal.OPERATOR))));
  }

  @Test
  void ownerSpeaksAsAnybodyOnRecord() {
    assertThat(peer.speak("sam", ANA))
        .isEqualTo(new Speaking.As(new Principal("ana@example.com", List.of("employee"), "sam")));
  }

  @Test
  void whoeverSpeaksAsSomebodyCannotForgeWhoIsBehind() {
    assertThat(peer.speak("sam", new Principal("ana@example.com", List.of(), "nobody")))
        .isEqualTo(new Speaking.As(new Principal("ana@example.com", List.of(), "sam")));
  }

  @Test
  void otherUserIsWhoItIsMappedTo() {
    assertThat(peer.speak("bob", null)).isEqualTo(new Speaking.As(BOB));
  }

  @Test
  void otherUserGainsNoRoleByAsking() {
    Principal more = new Principal("bob@example.com", List.of("manager", Principal.OPERATOR));

    assertThat(peer.speak("bob", more)).isEqualTo(new Speaking.As(BOB));
  }

  @Test
  void otherUserSpeaksAsNobodyElse() {
    assertThat(peer.speak("bob", ANA))
        .isEqualTo(
            new Speaking.Refused(
                "found bob speaking as ana@example.com, expected as bob@example.com: only sam may"
                    + " speak as somebody else"));
  }

  @Test
  void nobodyElseSpeaks() {
    assertThat(peer.speak("eve", null))
        .isEqualTo(
            new Speaking.Refused(
                "found the OS user eve, expected sam or somebody under `people`: add eve there in"
                    + " interlock.yaml"));
    assertThat(peer.speak("root", ANA)).isInstanceOf(Speaking.Refused.class);
  }
}
