package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.resolver.AskedNode;
import dev.wsn.resolver.AskedNode.Said;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LookupTextTest {
  private static AskedNode asked(String node, int hop, String namedBy, Said said) {
    return new AskedNode(
        node,
        "203.0.113." + hop + ":4848",
        hop,
        4 * hop,
        Optional.of(namedBy).filter(name -> !name.isEmpty()),
        said,
        said == Said.SILENCE ? OptionalLong.empty() : OptionalLong.of(10L * hop));
  }

  @Test
  void everyNodeStandsBelowTheOneThatNamedIt() {
    String text =
        LookupText.of(
            List.of(
                asked("aaaaaaaa", 1, "", Said.NODES),
                asked("bbbbbbbb", 1, "", Said.SILENCE),
                asked("cccccccc", 2, "aaaaaaaa", Said.NODES),
                asked("dddddddd", 3, "cccccccc", Said.RECORD),
                asked("eeeeeeee", 2, "aaaaaaaa", Said.OLDER_RECORD)),
            false);
    assertThat(text)
        .isEqualTo(
            """
            NODE            ADDRESS           HOP  SHARED BITS  TIME   SAID
            aaaaaaaa        203.0.113.1:4848  1    4            10 ms  closer nodes
            ├─ cccccccc     203.0.113.2:4848  2    8            20 ms  closer nodes
            │  └─ dddddddd  203.0.113.3:4848  3    12           30 ms  the record
            └─ eeeeeeee     203.0.113.2:4848  2    8            20 ms  another record than the newest
            bbbbbbbb        203.0.113.1:4848  1    4                   nothing in time
            """);
  }

  @Test
  void strangersPathInCirclesIsDrawnToItsEnd() {
    List<AskedNode> circle =
        List.of(
            asked("aaaaaaaa", 2, "bbbbbbbb", Said.NODES),
            asked("bbbbbbbb", 2, "aaaaaaaa", Said.NODES),
            asked("cccccccc", 3, "cccccccc", Said.NODES));
    assertThat(LookupText.of(circle, false).lines()).hasSize(4);
  }

  @Test
  void onlyATerminalHasColours() {
    List<AskedNode> one = List.of(asked("aaaaaaaa", 1, "", Said.RECORD));
    assertThat(LookupText.of(one, true)).contains("\033[32mthe record");
    assertThat(LookupText.of(one, false)).doesNotContain("\033");
  }

  @Test
  void nothingToDrawSaysWhy() {
    assertThat(LookupText.of(List.of(), false)).contains("nobody was asked");
  }
}
