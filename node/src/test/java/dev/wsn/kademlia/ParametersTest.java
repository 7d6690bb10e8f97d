package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ParametersTest {
  @Test
  void defaultsAreThoseOfAPublicNode() {
    Parameters defaults = Parameters.defaults();
    assertThat(defaults.k()).isEqualTo(20);
    assertThat(defaults.alpha()).isEqualTo(4);
    assertThat(defaults.isClient()).isFalse();
    assertThat(defaults.isLocal()).isFalse();
    assertThat(defaults.hasSubnetCaps()).isTrue();
    assertThat(defaults.asClient().isClient()).isTrue();
    assertThat(defaults.asLocal().isLocal()).isTrue();
    assertThat(defaults.withK(3).k()).isEqualTo(3);
    assertThat(defaults.withMaxRecords(7).maxRecords()).isEqualTo(7);
  }

  @Test
  void nonsenseIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Parameters.defaults().withK(0));
    assertThatIllegalArgumentException().isThrownBy(() -> Parameters.defaults().withK(21));
    assertThatIllegalArgumentException().isThrownBy(() -> Parameters.defaults().withMaxRecords(-1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Parameters(20, 4, 3, false, false, true, 100, 1000, 3000, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Parameters(20, 4, 10, false, false, true, 0, 1000, 3000, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Parameters(20, 4, 10, false, false, true, 100, 99, 3000, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Parameters(20, 4, 10, false, false, true, 100, 1000, 999, 1));
  }
}
