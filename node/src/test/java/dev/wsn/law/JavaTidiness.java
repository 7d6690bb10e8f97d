package dev.wsn.law;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssertTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** What can be said about Java sources from their syntax, read by the compiler's own parser. */
final class JavaTidiness {
  static final int MAX_FILE_LINES = 400;
  static final int MAX_METHOD_LINES = 70;

  /** Expressions that no source may contain, with what to write instead. */
  private static final Map<String, String> BANNED_EVERYWHERE =
      Map.of(
          "Thread.sleep", "wait on a condition with a deadline (latch, future, queue)",
          "org.mockito", "use the real type; the core is made to be driven by hand",
          "System.runFinalization", "close resources with try-with-resources");

  /** Expressions that production code outside the command line may not contain. */
  private static final Map<String, String> BANNED_IN_MAIN =
      Map.of(
          "System.out", "return the text, or log through slf4j at the edge",
          "System.err", "return the text, or log through slf4j at the edge",
          "System.exit", "throw, or return a result; only dev.wsn.cli ends the process",
          "InetAddress.getByName", "parse literals with IpPort.parse: this call may ask DNS",
          "InetAddress.getAllByName", "parse literals with IpPort.parse: this call may ask DNS");

  private static final Map<String, String> BANNED_ANNOTATIONS =
      Map.of("Disabled", "fix the test or delete it");

  private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();

  /** Everything that is wrong in these Java files; files of other types are ignored. */
  List<Finding> check(List<SourceFile> files) {
    List<Finding> findings = new ArrayList<>();
    List<InMemory> sources = files.stream().filter(SourceFile::isJava).map(InMemory::new).toList();
    Map<String, SourceFile> byName = new HashMap<>();
    for (InMemory source : sources) {
      byName.put(source.getName(), source.file);
      long lines = source.file.text().lines().count();
      if (lines > MAX_FILE_LINES) {
        findings.add(
            new Finding(
                source.file.path(),
                MAX_FILE_LINES + 1L,
                lines + " lines, at most " + MAX_FILE_LINES + ": split the idea, not the text"));
      }
    }
    try {
      JavacTask task =
          (JavacTask) compiler.getTask(null, null, null, List.of("-proc:none"), null, sources);
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        SourceFile file = byName.get(unit.getSourceFile().getName());
        unit.accept(new Scan(file, unit, positions, findings), null);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return findings;
  }

  private static final class InMemory extends SimpleJavaFileObject {
    private final SourceFile file;

    InMemory(SourceFile file) {
      super(URI.create("string:///" + file.path()), JavaFileObject.Kind.SOURCE);
      this.file = file;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return file.text();
    }
  }

  private static final class Scan extends TreeScanner<@Nullable Void, @Nullable Void> {
    private final SourceFile file;
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<Finding> findings;

    Scan(
        SourceFile file,
        CompilationUnitTree unit,
        SourcePositions positions,
        List<Finding> findings) {
      this.file = file;
      this.unit = unit;
      this.positions = positions;
      this.findings = findings;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
      long first = line(positions.getStartPosition(unit, method));
      long last = line(positions.getEndPosition(unit, method));
      long length = last - first + 1;
      if (length > MAX_METHOD_LINES) {
        add(
            method,
            method.getName()
                + " has "
                + length
                + " lines, at most "
                + MAX_METHOD_LINES
                + ": name the steps and make them methods");
      }
      checkAccessorName(method);
      boolean isPublic = method.getModifiers().getFlags().contains(Modifier.PUBLIC);
      if (isPublic && !method.getName().contentEquals("<init>")) {
        checkParameters(method);
      }
      return super.visitMethod(method, null);
    }

    /** Constructors are spared: a record's components are its constructor's parameters. */
    private void checkParameters(MethodTree method) {
      for (VariableTree parameter : method.getParameters()) {
        if (parameter.getType() != null && parameter.getType().toString().startsWith("Optional<")) {
          add(parameter, "an Optional parameter: overload the method, or use a sealed type");
        }
      }
    }

    private void checkAccessorName(MethodTree method) {
      boolean isGetter =
          method.getParameters().isEmpty() && method.getName().toString().matches("get[A-Z].*");
      boolean isOurs =
          method.getModifiers().getAnnotations().stream()
              .noneMatch(each -> each.getAnnotationType().toString().equals("Override"));
      if (isGetter && isOurs && file.isMainJava()) {
        add(method, method.getName() + ": accessors are bare nouns, drop the \"get\"");
      }
    }

    @Override
    public @Nullable Void visitMemberSelect(MemberSelectTree select, @Nullable Void unused) {
      checkExpression(select, select.toString());
      return super.visitMemberSelect(select, null);
    }

    @Override
    public @Nullable Void visitMemberReference(MemberReferenceTree tree, @Nullable Void unused) {
      checkExpression(tree, tree.getQualifierExpression() + "." + tree.getName());
      return super.visitMemberReference(tree, null);
    }

    private void checkExpression(Tree tree, String expression) {
      @Nullable String advice = BANNED_EVERYWHERE.get(expression);
      if (advice == null && file.isMainJava() && !file.isInCli()) {
        advice = BANNED_IN_MAIN.get(expression);
      }
      if (advice == null && expression.endsWith(".printStackTrace") && !file.isInCli()) {
        advice = "log it once at the edge, or let it out";
      }
      if (advice != null) {
        add(tree, expression + ": " + advice);
      }
    }

    @Override
    public @Nullable Void visitAssert(AssertTree tree, @Nullable Void unused) {
      add(tree, "assert is off in production: throw from an explicit check");
      return super.visitAssert(tree, null);
    }

    @Override
    public @Nullable Void visitImport(ImportTree tree, @Nullable Void unused) {
      if (tree.getQualifiedIdentifier().toString().endsWith(".*")) {
        add(tree, "name the classes that you import");
      }
      return super.visitImport(tree, null);
    }

    @Override
    public @Nullable Void visitAnnotation(AnnotationTree tree, @Nullable Void unused) {
      @Nullable String advice = BANNED_ANNOTATIONS.get(tree.getAnnotationType().toString());
      if (advice != null) {
        add(tree, "@" + tree.getAnnotationType() + ": " + advice);
      }
      return super.visitAnnotation(tree, null);
    }

    private void add(Tree tree, String advice) {
      findings.add(new Finding(file.path(), line(positions.getStartPosition(unit, tree)), advice));
    }

    private long line(long position) {
      return unit.getLineMap().getLineNumber(position);
    }
  }
}
