"""The server of one student: JupyterLab with the course and what brings it, without what nobody here uses."""

c = get_config()  # noqa: F821 the server defines it

c.ServerApp.jpserver_extensions = {
    "jupyterlab": True,
    "nbgitpuller": True,
    "jupyter_lsp": False,
    "jupyterlab_jupytext": False,
    "jupyter_server_terminals": False,
    "nbgrader.server_extensions.assignment_list": False,
    "nbgrader.server_extensions.course_list": False,
    "nbgrader.server_extensions.formgrader": False,
    "nbgrader.server_extensions.validate_assignment": False,
    "notebook": False,
}
c.ServerApp.terminals_enabled = False
c.MappingKernelManager.cull_interval = 120
c.MappingKernelManager.cull_connected = False
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
