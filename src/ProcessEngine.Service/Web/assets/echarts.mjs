// What the pages of figures need of Apache ECharts, and no more. refresh.sh makes one file of it.
import { init, use } from "echarts/core";
import { BarChart, FunnelChart, HeatmapChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, VisualMapPiecewiseComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([
  BarChart, FunnelChart, HeatmapChart, LineChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent,
  VisualMapPiecewiseComponent, SVGRenderer,
]);
export { init };
