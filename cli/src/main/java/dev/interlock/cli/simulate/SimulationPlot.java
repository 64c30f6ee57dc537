package dev.interlock.cli.simulate;

import dev.interlock.testkit.simulate.SimulationReport;
import dev.interlock.testkit.simulate.SimulationReport.Spread;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.w3c.dom.Document;

/** How long runs take, and what they cost, as two histograms in one SVG. */
final class SimulationPlot {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 320;
  private static final int BARS = 12;
  private static final int SMALL = 10;

  /** Up to where each bar of times goes. */
  private static final List<Duration> TIMES =
      List.of(
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(15),
          Duration.ofHours(1),
          Duration.ofHours(4),
          Duration.ofHours(12),
          Duration.ofDays(1),
          Duration.ofDays(3),
          Duration.ofDays(7),
          Duration.ofDays(14),
          Duration.ofDays(30),
          Duration.ofDays(90));

  private SimulationPlot() {}

  static void write(String machine, SimulationReport report, Path file) throws IOException {
    System.setProperty("java.awt.headless", "true");
    boolean priced = report.costOf().percent(100) > 0;
    CategoryChart times =
        chart(
            "%s: how long %,d runs take, seed %d".formatted(machine, report.runs(), report.seed()),
            "at most");
    times.addSeries(
        "runs",
        times(),
        counted(report.millisOf(), TIMES.stream().map(Duration::toMillis).toList()));
    Spread spent = priced ? report.costOf() : report.tokensOf();
    List<Long> bounds = bounds(spent);
    LongFunction<String> said =
        it -> priced ? rounded(BigDecimal.valueOf(it, 6)) : "%,d".formatted(it);
    CategoryChart costs = chart(priced ? "what they cost" : "how many tokens they take", "at most");
    List<String> amounts = new ArrayList<>(bounds.stream().map(said::apply).toList());
    amounts.add("more");
    costs.addSeries("runs", amounts, counted(spent, bounds));
    SVGGraphics2D graphics = new SVGGraphics2D(document());
    graphics.setSVGCanvasSize(new Dimension(WIDTH, 2 * HEIGHT));
    times.paint(graphics, WIDTH, HEIGHT);
    graphics.translate(0, HEIGHT);
    costs.paint(graphics, WIDTH, HEIGHT);
    StringWriter text = new StringWriter();
    graphics.stream(text, true);
    Files.writeString(file, text.toString(), StandardOpenOption.CREATE_NEW);
  }

  private static CategoryChart chart(String title, String axis) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(axis)
            .yAxisTitle("runs")
            .build();
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setAvailableSpaceFill(0.9);
    chart.getStyler().setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, SMALL));
    return chart;
  }

  private static List<String> times() {
    List<String> words = new ArrayList<>();
    for (Duration time : TIMES) {
      words.add(
          time.toDays() > 0
              ? time.toDays() + " d"
              : time.toHours() > 0 ? time.toHours() + " h" : time.toMinutes() + " min");
    }
    words.add("more");
    return words;
  }

  /** Equal round steps up to what most runs take; what is above goes into the last. */
  private static List<Long> bounds(Spread spread) {
    long least = Math.max(1, Math.ceilDiv(spread.percent(99), (long) BARS));
    long ten = 1;
    while (ten * 10 < least) {
      ten *= 10;
    }
    long step =
        ten >= least ? ten : 2 * ten >= least ? 2 * ten : 5 * ten >= least ? 5 * ten : 10 * ten;
    List<Long> bounds = new ArrayList<>();
    for (int i = 1; i <= BARS; i++) {
      bounds.add(i * step);
    }
    return bounds;
  }

  /** How many values each bound is the lowest for that they do not exceed. */
  private static List<Long> counted(Spread spread, List<Long> bounds) {
    long[] counts = new long[bounds.size() + 1];
    for (long value : spread.values()) {
      int bar = 0;
      while (bar < bounds.size() && value > bounds.get(bar)) {
        bar++;
      }
      counts[bar]++;
    }
    List<Long> all = new ArrayList<>();
    for (long count : counts) {
      all.add(count);
    }
    return all;
  }

  private static String rounded(BigDecimal amount) {
    return amount.round(new MathContext(3)).stripTrailingZeros().toPlainString();
  }

  private static Document document() {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .getDOMImplementation()
          .createDocument("http://www.w3.org/2000/svg", "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("every Java platform makes XML documents", e);
    }
  }
}
