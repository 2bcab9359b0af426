using Kernel.Processes;

namespace Kernel.Terminals
{
    internal class Terminal
    {
        public void HangUp(Session session)
        {
        }
    }
}
