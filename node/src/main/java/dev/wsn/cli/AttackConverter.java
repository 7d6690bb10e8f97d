package dev.wsn.cli;

import dev.wsn.simulator.Attack;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Adversaries of a simulation: {@code silent:0.2}, {@code sybil:100}. */
final class AttackConverter implements ITypeConverter<Attack> {
  @Override
  public Attack convert(String text) {
    String[] parts = text.split(":", -1);
    for (Attack.Kind kind : Attack.Kind.values()) {
      if (parts.length == 2 && parts[0].equals(word(kind))) {
        return attack(kind, amount(text, parts[1]));
      }
    }
    String kinds =
        Arrays.stream(Attack.Kind.values())
            .map(AttackConverter::word)
            .collect(Collectors.joining(", "));
    throw new TypeConversionException(
        "\"" + text + "\" is no adversary; write KIND:SHARE with a kind of " + kinds);
  }

  private static Attack attack(Attack.Kind kind, double amount) {
    try {
      return new Attack(kind, amount);
    } catch (IllegalArgumentException wrong) {
      throw new TypeConversionException(String.valueOf(wrong.getMessage()));
    }
  }

  private static double amount(String text, String number) {
    try {
      return Double.parseDouble(number);
    } catch (NumberFormatException noNumber) {
      throw new TypeConversionException(
          "\"" + text + "\" has no amount; write for example silent:0.2 or sybil:100");
    }
  }

  private static String word(Attack.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
