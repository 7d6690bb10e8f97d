package dev.wsn.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A chart with two linear axes as an SVG element: lines, or points, each series with its name. */
final class Plot {
  /** Where something lies on the axes. */
  record Point(double x, double y) {}

  private record Series(String name, List<Point> points, boolean isLine) {}

  private static final int WIDTH = 640;
  private static final int HEIGHT = 320;
  private static final int LEFT = 64;
  private static final int RIGHT = 16;
  private static final int TOP = 16;
  private static final int BOTTOM = 44;
  private static final int TICKS = 5;
  private static final String[] COLOURS = {
    "#1965b0", "#dc050c", "#4eb265", "#882e72", "#f7a600", "#555555"
  };

  private final String xName;
  private final String yName;
  private final List<Series> all = new ArrayList<>();

  Plot(String xName, String yName) {
    this.xName = xName;
    this.yName = yName;
  }

  /** Adds a line through points, in their order. */
  void line(String name, List<Point> points) {
    all.add(new Series(name, List.copyOf(points), true));
  }

  /** Adds points. */
  void points(String name, List<Point> points) {
    all.add(new Series(name, List.copyOf(points), false));
  }

  /** The SVG element; both axes begin at zero. */
  String svg() {
    double maxX = max(true);
    double maxY = max(false);
    StringBuilder out = new StringBuilder(4096);
    out.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s by %s\">\n"
            .formatted(WIDTH, HEIGHT, yName, xName));
    for (int i = 0; i <= TICKS; i++) {
      double x = x(maxX * i / TICKS, maxX);
      double y = y(maxY * i / TICKS, maxY);
      out.append(line(x, TOP, x, HEIGHT - BOTTOM));
      out.append(line(LEFT, y, WIDTH - RIGHT, y));
      out.append(text(x, HEIGHT - BOTTOM + 16, "middle", number(maxX * i / TICKS)));
      out.append(text(LEFT - 6, y + 4, "end", number(maxY * i / TICKS)));
    }
    out.append(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, "middle", xName));
    out.append(
        "<text transform=\"rotate(-90)\" x=\"%d\" y=\"14\" text-anchor=\"middle\">%s</text>\n"
            .formatted(-(TOP + HEIGHT - BOTTOM) / 2, yName));
    for (int i = 0; i < all.size(); i++) {
      draw(all.get(i), COLOURS[i % COLOURS.length], maxX, maxY, out);
      out.append(
          "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" style=\"fill:%s\">%s</text>\n"
              .formatted(
                  WIDTH - RIGHT - 6,
                  HEIGHT - BOTTOM - 8 - 16 * (all.size() - 1 - i),
                  COLOURS[i % COLOURS.length],
                  all.get(i).name()));
    }
    return out.append("</svg>\n").toString();
  }

  private static void draw(
      Series series, String colour, double maxX, double maxY, StringBuilder out) {
    if (series.isLine()) {
      out.append("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"")
          .append(colour)
          .append("\" points=\"");
      for (Point point : series.points()) {
        out.append(
            String.format(Locale.ROOT, "%.1f,%.1f ", x(point.x(), maxX), y(point.y(), maxY)));
      }
      out.append("\"/>\n");
      return;
    }
    for (Point point : series.points()) {
      out.append(
          String.format(
              Locale.ROOT,
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>%n",
              x(point.x(), maxX),
              y(point.y(), maxY),
              colour));
    }
  }

  private double max(boolean isX) {
    double max =
        all.stream()
            .flatMap(series -> series.points().stream())
            .mapToDouble(point -> isX ? point.x() : point.y())
            .max()
            .orElse(1);
    return rounded(max <= 0 ? 1 : max);
  }

  /** The next of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten. */
  private static double rounded(double max) {
    double power = StrictMath.pow(10, StrictMath.floor(StrictMath.log10(max)));
    for (double step : new double[] {1, 1.5, 2, 2.5, 3, 4, 5, 6, 8}) {
      if (max <= step * power * (1 + 1e-9)) {
        return step * power;
      }
    }
    return 10 * power;
  }

  private static double x(double value, double max) {
    return LEFT + value / max * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double value, double max) {
    return HEIGHT - BOTTOM - value / max * (HEIGHT - TOP - BOTTOM);
  }

  private static String line(double x1, double y1, double x2, double y2) {
    return String.format(
        Locale.ROOT,
        "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
        x1,
        y1,
        x2,
        y2);
  }

  private static String text(double x, double y, String anchor, String content) {
    return String.format(
        Locale.ROOT,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
        x,
        y,
        anchor,
        content);
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.0f", value);
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }
}
